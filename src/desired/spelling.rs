//! Finds the name that somebody most likely meant. Names themselves are always compared byte for byte.

/// The most similar of these names, if one is similar enough to be meant.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let folded = fold(name);
    let limit = (name.chars().count() / 3).max(1);
    names
        .map(|candidate| (strsim::osa_distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The name without what people mistype: case, blanks, and hyphen against underscore.
pub(super) fn fold(name: &str) -> String {
    let kept = name.chars().filter(|letter| !letter.is_whitespace());
    kept.map(|letter| if letter == '_' { '-' } else { letter }).flat_map(char::to_lowercase).collect()
}
