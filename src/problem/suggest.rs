//! "Did you mean …?": the nearest of the words that would have been right.

/// The candidate that `word` was most likely meant to be, if any is near: the same but for case, blanks, hyphens and
/// underscores, or a few slips of the finger away.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let bare = bare(word);
    let slips = (bare.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (strsim::damerau_levenshtein(&bare, &self::bare(candidate)), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A word longer than this is compared by its start: the comparison is quadratic.
const COMPARED: usize = 64;

fn bare(word: &str) -> String {
    let kept = word.chars().filter(|sign| !matches!(sign, ' ' | '-' | '_' | '\u{a0}'));
    kept.take(COMPARED).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_case_or_finger_is_named_and_a_stranger_is_not() {
        let levels = ["Gold", "Silver", "Ess-Std"];

        let found = ["gold", "Sliver", "ess_std", "Platinum"].map(|word| nearest(word, levels));

        assert_eq!(found, [Some("Gold"), Some("Silver"), Some("Ess-Std"), None]);
    }
}
