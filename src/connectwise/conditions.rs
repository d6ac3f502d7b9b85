//! Conditions that filter a list at the server.
//!
//! The one place where a condition is written, and the only way is by a field of ours and numbers. No text is ever quoted
//! in one, so none can break out of its quotes. Only numbers are ever put into one. Text of people is matched here, never there: clients disagree on how the
//! server reads a quote.

/// How long a condition may be once encoded, so that the whole address stays within the 2,000 characters advised.
const LONGEST_ENCODED: usize = 1_200;
/// What a comma takes once encoded.
const COMMA_ENCODED: usize = 3;

/// Conditions that together select the given numbers, as few as fit.
pub(super) fn any_of(field: &str, numbers: impl IntoIterator<Item = i64>) -> Vec<String> {
    let frame = field.len() + 40;
    let mut conditions = Vec::new();
    let mut list = String::new();
    let mut length = frame;
    for number in numbers {
        let number = number.to_string();
        if !list.is_empty() && length + COMMA_ENCODED + number.len() > LONGEST_ENCODED {
            conditions.push(format!("{field} in ({list})"));
            list.clear();
            length = frame;
        }
        if !list.is_empty() {
            list.push(',');
        }
        length += COMMA_ENCODED + number.len();
        list.push_str(&number);
    }
    if !list.is_empty() {
        conditions.push(format!("{field} in ({list})"));
    }
    conditions
}

#[cfg(test)]
mod tests {
    use super::any_of;
    use std::fs;
    use std::path::Path;

    use proptest::prelude::{any, prop_assert, proptest};

    proptest! {
        #[test]
        fn sec_o4_a_condition_is_a_field_and_numbers_and_nothing_else(numbers: Vec<i64>, one in any::<i64>()) {
            for condition in any_of("type/id", numbers.into_iter().chain([one])) {
                let list = condition.strip_prefix("type/id in (").and_then(|rest| rest.strip_suffix(')'));
                let is_number = |number: &str| number.parse::<i64>().is_ok();
                prop_assert!(list.is_some_and(|list| list.split(',').all(is_number)), "{condition}");
            }
        }
    }

    #[test]
    fn sec_o4_no_other_file_of_this_room_writes_a_condition() {
        let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/connectwise")];
        let mut writing = Vec::new();
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let is_test =
                path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs");
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let writes = [" in (", " like ", " contains ", " = \\\"", "='"];
            let quotes = |line: &str| !line.trim_start().starts_with("//") && line.contains('"');
            if !is_test
                && code.lines().any(|line| quotes(line) && writes.iter().any(|form| line.contains(form)))
            {
                writing.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }

        assert_eq!(writing, ["conditions.rs"]);
    }

    #[test]
    fn few_numbers_make_one_condition_and_none_make_none() {
        assert_eq!(any_of("type/id", [3, 5]), ["type/id in (3,5)"]);
        assert!(any_of("id", []).is_empty());
    }

    #[test]
    fn many_numbers_are_split_so_that_every_address_is_short_and_none_is_lost() {
        let conditions = any_of("id", 1_000_000..1_000_500);

        assert!(conditions.len() > 1);
        let mut seen = Vec::new();
        for condition in &conditions {
            assert!(condition.replace(',', "%2C").len() <= 1_200, "{condition}");
            let list = condition.strip_prefix("id in (").and_then(|rest| rest.strip_suffix(')')).unwrap();
            seen.extend(list.split(',').map(|number| number.parse::<i64>().unwrap()));
        }
        assert_eq!(seen, (1_000_000..1_000_500).collect::<Vec<i64>>());
    }
}
