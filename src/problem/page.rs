//! The page of a code: what it means, why it exists, and how to clear it, for whoever meets it.
//!
//! Pages are Markdown files beside this one, a file a code. Decides nothing about a problem: it only explains.

use std::io::{self, Write};

use super::{Code, CodeKind, Color, Tone, wrap};

/// The heading before what a code exists for.
const WHY: &str = "\n## Why it exists\n\n";
/// The heading before the way out.
const CLEAR: &str = "\n## How to clear it\n\n";
/// Longer lines are hard to read, however wide the terminal.
const WIDEST: usize = 100;

/// What `trueup explain CODE` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The code.
    pub code: Code,
    /// What is the case, as a title.
    pub title: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Why it exists, and what is left untouched because of it.
    pub why: &'static str,
    /// How to clear it, with the YAML where a change of the mappings does.
    pub clear: &'static str,
}

impl Code {
    /// Its page.
    #[must_use]
    pub fn page(self) -> Page {
        let text = self.page_text();
        let (title, text) = text.split_once("\n\n").unwrap_or((text, ""));
        let (meaning, text) = text.split_once(WHY).unwrap_or((text, ""));
        let (why, clear) = text.split_once(CLEAR).unwrap_or((text, ""));
        let title = title.trim_start_matches("# ");
        Page { code: self, title, meaning: meaning.trim(), why: why.trim(), clear: clear.trim() }
    }
}

/// Writes a page for a terminal of so many columns, or for a file.
///
/// # Errors
///
/// When `out` fails.
pub fn write_page(page: &Page, columns: Option<usize>, color: Color, out: &mut impl Write) -> io::Result<()> {
    let columns = columns.unwrap_or(WIDEST).min(WIDEST);
    let kind = match page.code.kind() {
        CodeKind::Hold => "a hold: what it touches is left as it is",
        CodeKind::Note => "a note: nothing is held",
        CodeKind::Input => "about a file that cannot be used as it stands",
    };
    writeln!(out, "{}  ({kind})", color.paint(Tone::Strong, page.code))?;
    writeln!(out, "{}\n", color.paint(Tone::Strong, page.title))?;
    write_section(page.meaning, columns, out)?;
    writeln!(out, "\n{}\n", color.paint(Tone::Strong, "Why it exists"))?;
    write_section(page.why, columns, out)?;
    writeln!(out, "\n{}\n", color.paint(Tone::Strong, "How to clear it"))?;
    write_section(page.clear, columns, out)
}

/// Paragraphs fit the terminal; YAML stays as it is, moved to the right.
fn write_section(markdown: &str, columns: usize, out: &mut impl Write) -> io::Result<()> {
    for (index, block) in markdown.split("```").enumerate() {
        // Between the first fence and the second stands YAML, then text again, and so on.
        if index % 2 == 1 {
            let yaml = block.trim_start_matches("yaml\n").trim_end();
            writeln!(out)?;
            yaml.lines().try_for_each(|line| writeln!(out, "    {line}"))?;
        } else {
            write_paragraphs(block, columns, out)?;
        }
    }
    Ok(())
}

/// A block that follows YAML starts with a line break, and so with an empty paragraph: a blank line.
fn write_paragraphs(block: &str, columns: usize, out: &mut impl Write) -> io::Result<()> {
    for (index, paragraph) in block.trim_end().split("\n\n").enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let words: Vec<_> = paragraph.split_whitespace().collect();
        if !words.is_empty() {
            wrap(&words.join(" "), columns).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
