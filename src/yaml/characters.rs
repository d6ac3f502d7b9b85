//! Turns bytes into a text that shows what it says: UTF-8, within its size, without characters that hide others.

use std::sync::Arc;

use crate::problem::{Code, Place, Problem, Span};

use super::reject;

/// The byte order mark that some editors put first.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text, and how many bytes came before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    pub(super) skipped: usize,
}

/// The text of some bytes, or why there is none.
pub(super) fn text<'a>(file: &Arc<str>, bytes: &'a [u8], limit: usize) -> Result<Text<'a>, Vec<Problem>> {
    let start = Place { file: Arc::clone(file), line: 1, column: 1, span: Span::default() };
    if bytes.len() > limit {
        let message = format!("the file has {} bytes; at most {limit} are read", bytes.len());
        return Err(vec![
            reject::error(Code::TooLarge, "", message, start).with_hint("split it into several files"),
        ]);
    }
    let skipped = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let text = match std::str::from_utf8(&bytes[skipped..]) {
        Ok(text) => text,
        Err(error) => return Err(vec![not_utf8(file, bytes, skipped + error.valid_up_to())]),
    };
    let hidden = hidden_characters(file, text, skipped);
    if hidden.is_empty() { Ok(Text { text, skipped }) } else { Err(hidden) }
}

fn not_utf8(file: &Arc<str>, bytes: &[u8], offset: usize) -> Problem {
    let before = String::from_utf8_lossy(&bytes[..offset]);
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let found = if utf16 { "the file is UTF-16" } else { "this byte is no UTF-8" };
    let place =
        place_after(file, before.trim_start_matches('\u{feff}'), Span { start: offset, end: offset + 1 });
    reject::error(Code::NotUtf8, "", found.to_owned(), place).with_hint("save the file as UTF-8")
}

fn place_after(file: &Arc<str>, before: &str, span: Span) -> Place {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Place { file: Arc::clone(file), line: number(line), column: number(column), span }
}

/// Control characters and those that turn the direction of writing: refused anywhere, comments too, because what a
/// reviewer sees is then not what is read.
fn hidden_characters(file: &Arc<str>, text: &str, skipped: usize) -> Vec<Problem> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().all(plain) {
        return Vec::new();
    }
    let suspects = text.char_indices().filter(|(at, sign)| match sign {
        '\n' | '\t' => false,
        '\r' => !text[at + 1..].starts_with('\n'),
        _ => sign.is_control() || turns_direction(*sign) || *sign == '\u{feff}',
    });
    let problem = |(at, sign): (usize, char)| {
        let span = Span { start: skipped + at, end: skipped + at + sign.len_utf8() };
        let place = place_after(file, &text[..at], span);
        let message = format!("the hidden character U+{:04X} stands here", u32::from(sign));
        reject::error(Code::HiddenCharacter, "", message, place).with_hint("delete it")
    };
    suspects.take(HIDDEN_SHOWN).map(problem).collect()
}

/// So many are named; each costs a count of lines.
const HIDDEN_SHOWN: usize = 10;

fn turns_direction(sign: char) -> bool {
    matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The first character of a key or value that cannot be seen, or that breaks a line.
pub(super) fn invisible(text: &str) -> Option<char> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    text.chars().find(|sign| {
        sign.is_control()
            || turns_direction(*sign)
            || matches!(
                sign,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}'
            )
            || matches!(sign, '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    })
}
