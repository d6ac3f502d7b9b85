//! Makes foreign text inert in Markdown.
//!
//! Names and every word that is not plainly a word stand in code spans: there no forge looks for mentions, references,
//! links, HTML or emphasis. What is allowed outside is listed; nothing is allowed for not being known as dangerous.

use crate::problem::{cut_middle, printable};

/// Longer names are cut in the middle: a name of a megabyte must not eat the comment.
const WIDEST_NAME: usize = 60;
/// Longer sentences are cut in the middle.
const WIDEST_SENTENCE: usize = 400;

/// The name as a code span, for running text and lists.
pub(super) fn code(name: &str) -> String {
    span(&cut_middle(&printable(name), WIDEST_NAME))
}

/// The name as a code span, for a cell of a table.
pub(super) fn code_cell(name: &str) -> String {
    escape_pipes(&code(name))
}

/// A sentence of ours with foreign words in it, for running text and lists.
pub(super) fn prose(sentence: &str) -> String {
    let sentence = cut_middle(&printable(sentence), WIDEST_SENTENCE);
    let mut written: Vec<String> = Vec::new();
    let mut foreign: Vec<&str> = Vec::new();
    for word in sentence.split_whitespace() {
        if is_plain(word) {
            flush(&mut foreign, &mut written);
            written.push(word.to_owned());
        } else {
            foreign.push(word);
        }
    }
    flush(&mut foreign, &mut written);
    written.join(" ")
}

/// The same for a cell of a table.
pub(super) fn prose_cell(sentence: &str) -> String {
    escape_pipes(&prose(sentence))
}

/// The name as HTML, for the title of a fold, where Markdown is not read.
pub(super) fn html_code(name: &str) -> String {
    let name = cut_middle(&printable(name), WIDEST_NAME);
    let mut escaped = String::from("<code>");
    for character in name.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '`' => escaped.push_str("&#96;"),
            other => escaped.push(other),
        }
    }
    escaped.push_str("</code>");
    escaped
}

/// A block of YAML that nothing in it can close.
pub(super) fn yaml_block(text: &str) -> String {
    let text = crate::problem::printable_lines(text);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}yaml\n{}\n{fence}\n", text.trim_end())
}

/// One span for all foreign words in a row. Stops that end it stay outside, as a reader would set them.
fn flush(foreign: &mut Vec<&str>, written: &mut Vec<String>) {
    let words = foreign.join(" ");
    foreign.clear();
    let name = words.trim_end_matches([',', ';', ':', '?']);
    match (words.is_empty(), name.is_empty()) {
        (true, _) => {}
        (false, true) => written.push(span(&words)),
        (false, false) => written.push(format!("{}{}", span(name), &words[name.len()..])),
    }
}

/// Letters with hyphens between, or a number; a bracket or quote before and a stop behind.
fn is_plain(word: &str) -> bool {
    let core = word.trim_start_matches('(').trim_end_matches([',', ';', ')', ':']);
    let is_number = core.bytes().all(|byte| byte.is_ascii_digit()) && core.len() < 7;
    let is_word = core.split('-').all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic));
    !core.is_empty() && (is_number || is_word)
}

/// A code span whose fence is longer than any run of backticks inside.
fn span(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let needs_blanks = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.trim().is_empty();
    match (text.is_empty(), needs_blanks) {
        (true, _) => "`-`".to_owned(),
        (false, true) => format!("{fence} {text} {fence}"),
        (false, false) => format!("{fence}{text}{fence}"),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// A pipe ends a cell even inside a code span unless an odd number of backslashes stands before it.
fn escape_pipes(cell: &str) -> String {
    let mut escaped = String::with_capacity(cell.len());
    let mut backslashes = 0;
    for character in cell.chars() {
        if character == '|' {
            escaped.push_str(if backslashes % 2 == 0 { "\\" } else { "\\\\" });
        }
        backslashes = if character == '\\' { backslashes + 1 } else { 0 };
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{code, code_cell, html_code, prose, prose_cell, yaml_block};

    #[test]
    fn a_name_stands_in_a_code_span() {
        assert_eq!(code("@everyone"), "`@everyone`");
        assert_eq!(code("#1 <b>**x**</b> [a](http://b)"), "`#1 <b>**x**</b> [a](http://b)`");
        assert_eq!(code(""), "`-`");
    }

    #[test]
    fn a_backtick_cannot_end_the_span() {
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn a_pipe_cannot_end_the_cell() {
        assert_eq!(code_cell("a|b"), r"`a\|b`");
        assert_eq!(code_cell(r"a\|b"), r"`a\\\|b`");
        assert_eq!(code_cell(r"a\\|b"), r"`a\\\|b`");
        assert_eq!(prose_cell("pipes a|b stay"), r"pipes `a\|b` stay");
    }

    #[test]
    fn a_line_break_cannot_end_the_row() {
        assert_eq!(code_cell("a\r\n| b"), r"`a\r\n\| b`");
    }

    #[test]
    fn plain_words_read_as_prose_and_foreign_ones_as_code() {
        let sentence = r#"no company has echo_username or Company ID "@everyone x", 3 are alike"#;

        assert_eq!(
            prose(sentence),
            r#"no company has `echo_username` or Company ID `"@everyone x"`, 3 are alike"#
        );
    }

    #[test]
    fn references_links_and_commits_are_foreign() {
        for word in
            ["#1", "GH-1", "www.example.com", "https://a", "a@b.example", "!7", "&1", "1234567", "1.", "*a*"]
        {
            assert_eq!(prose(word), format!("`{word}`"));
        }
    }

    #[test]
    fn a_fold_title_is_html() {
        assert_eq!(html_code("</summary>&`'\""), "<code>&lt;/summary&gt;&amp;&#96;&#39;&quot;</code>");
    }

    #[test]
    fn yaml_cannot_close_its_block() {
        assert_eq!(yaml_block("a: ````\n"), "`````yaml\na: ````\n`````\n");
    }

    #[test]
    fn a_name_of_a_megabyte_is_cut() {
        assert!(code(&"x".repeat(1 << 20)).len() < 80);
    }
}
