//! What two revisions of the mappings say differently, line by line, below the plan that comes of it.
//!
//! Pure. Knows no repository: it is given the texts.

use std::collections::BTreeSet;
use std::io::{self, Write};

use similar::{ChangeTag, TextDiff};

use crate::problem::{Color, Tone, printable};

/// Lines around a change that are shown as well, as in every such listing.
const CONTEXT: usize = 3;
/// More than this nobody reads here.
const MOST_LINES: usize = 1_000;

/// A mapping file: its path and its text.
pub type PathAndText<'a> = (&'a str, &'a str);

/// Writes how the mapping files of `after` differ from those of `before`; a file that only one of them has is empty in the
/// other.
///
/// # Errors
///
/// When the writer fails.
pub fn write_difference(
    before: &[PathAndText<'_>],
    after: &[PathAndText<'_>],
    color: Color,
    out: &mut impl Write,
) -> io::Result<()> {
    let paths: BTreeSet<&str> = before.iter().chain(after).map(|(path, _)| *path).collect();
    let mut left = MOST_LINES;
    let mut differs = false;
    for path in paths {
        let (old, new) = (text_of(before, path), text_of(after, path));
        if old != new {
            differs = true;
            write_file(path, old, new, color, &mut left, out)?;
        }
    }
    match (differs, left) {
        (false, _) => writeln!(out, "The mapping files are the same."),
        (true, 0) => writeln!(out, "More than {MOST_LINES} lines; git diff has all of them."),
        (true, _) => Ok(()),
    }
}

fn text_of<'a>(files: &[PathAndText<'a>], path: &str) -> &'a str {
    files.iter().find(|(known, _)| *known == path).map_or("", |(_, text)| *text)
}

fn write_file(
    path: &str,
    old: &str,
    new: &str,
    color: Color,
    left: &mut usize,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{}", color.paint(Tone::Strong, printable(path)))?;
    let difference = TextDiff::from_lines(old, new);
    for hunk in difference.unified_diff().context_radius(CONTEXT).iter_hunks() {
        writeln!(out, "{}", color.paint(Tone::Faint, hunk.header()))?;
        for change in hunk.iter_changes() {
            if *left == 0 {
                return Ok(());
            }
            *left -= 1;
            let (mark, tone) = match change.tag() {
                ChangeTag::Equal => (' ', Tone::Plain),
                ChangeTag::Delete => ('-', Tone::Alarm),
                ChangeTag::Insert => ('+', Tone::Growth),
            };
            let line = printable(change.value().trim_end_matches(['\n', '\r'])).into_owned();
            writeln!(out, "{}", color.paint(tone, format!("{mark}{line}")))?;
        }
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::{Color, MOST_LINES, write_difference};

    fn shown(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
        let mut out = Vec::new();
        write_difference(before, after, Color::Never, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn changed_lines_stand_between_their_neighbours_and_files_in_order() {
        let before = [("b.yaml", "one\ntwo\nthree\n"), ("gone.yaml", "last\n")];
        let after = [("a.yaml", "first\n"), ("b.yaml", "one\n2\nthree\n")];

        let text = shown(&before, &after);

        assert_eq!(
            text,
            "a.yaml\n@@ -0,0 +1 @@\n+first\n\nb.yaml\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n\n\
             gone.yaml\n@@ -1 +0,0 @@\n-last\n\n"
        );
    }

    #[test]
    fn equal_mappings_say_so_and_nothing_in_them_steers_the_terminal() {
        assert_eq!(shown(&[("a", "x\n")], &[("a", "x\n")]), "The mapping files are the same.\n");
        assert!(shown(&[], &[("a", "x\u{1b}[2J\n")]).contains("+x\\u{1b}[2J"));
    }

    #[test]
    fn a_difference_that_nobody_reads_ends() {
        let long: String = (0..MOST_LINES * 2).map(|line| format!("{line}\n")).collect();

        let text = shown(&[], &[("a", &long)]);

        assert!(text.lines().count() < MOST_LINES + 5);
        assert!(text.ends_with("git diff has all of them.\n"), "{text}");
    }
}
