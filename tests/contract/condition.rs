//! Which fields a condition names, read as the server reads it: what stands in quotes or brackets is no name.
//!
//! A quote inside a text may be doubled or stand behind a backslash; clients disagree on which, so both are read. What
//! never ends is told, for then nobody knows what is a name and what is not.

/// The words of the grammar, which are no fields.
const GRAMMAR: [&str; 9] = ["and", "or", "not", "in", "like", "contains", "true", "false", "null"];

/// The fields that a condition names, in their order; or why it cannot be read.
pub fn fields(condition: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = condition;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '"' | '\'' => after_text(&rest[1..], first)
                .ok_or_else(|| format!("a text in {condition:?} does not end"))?,
            '[' => rest.split_once(']').ok_or_else(|| format!("a date in {condition:?} does not end"))?.1,
            letter if letter.is_alphabetic() || letter == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && !"/_".contains(c));
                let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
                found.push(word.to_owned());
                rest
            }
            // Digits too, so that no letter behind one begins a name.
            other if other.is_alphanumeric() => rest.trim_start_matches(char::is_alphanumeric),
            other => &rest[other.len_utf8()..],
        };
    }
    let is_field = |word: &String| !GRAMMAR.iter().any(|known| known.eq_ignore_ascii_case(word));
    // Every record can be asked for by its last change, though that lies in `_info`.
    Ok(found.into_iter().filter(is_field).filter(|word| word != "lastUpdated").collect())
}

/// What stands behind a text; nothing where it does not end. A doubled quote begins another text at once, which comes to
/// the same.
fn after_text(inside: &str, quote: char) -> Option<&str> {
    let mut letters = inside.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            letter if letter == quote => return Some(&inside[place + 1..]),
            _ => {}
        }
    }
    None
}
