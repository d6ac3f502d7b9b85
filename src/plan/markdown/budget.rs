//! How much of the comment is left: pieces are taken whole, in order, until one does not fit.

/// What a section writes besides its pieces: titles, folds, and the line that says what is left out.
const SECTION: usize = 320;

/// The bytes that are left.
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    /// So many bytes for all sections together.
    pub(super) fn new(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// Sets aside what a section writes around its pieces. `None`: there is no room for the section.
    pub(super) fn open_section(&mut self) -> Option<()> {
        self.left = self.left.checked_sub(SECTION)?;
        Some(())
    }

    /// The pieces that fit, joined, and how many they are. The first that does not fit ends it, so that what is shown is
    /// always the most important part.
    pub(super) fn fill(&mut self, pieces: impl Iterator<Item = String>) -> (String, usize) {
        let mut filled = String::new();
        let mut count = 0;
        for piece in pieces {
            let Some(left) = self.left.checked_sub(piece.len()) else { break };
            self.left = left;
            filled.push_str(&piece);
            count += 1;
        }
        (filled, count)
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, SECTION};

    #[test]
    fn pieces_are_taken_whole_and_in_order() {
        let mut budget = Budget::new(7);

        let filled = budget.fill(["aaa", "bbb", "cc", "d"].map(str::to_owned).into_iter());

        assert_eq!(filled, ("aaabbb".to_owned(), 2));
    }

    #[test]
    fn a_section_without_room_is_not_opened() {
        assert_eq!(Budget::new(SECTION - 1).open_section(), None);
        assert_eq!(Budget::new(SECTION).open_section(), Some(()));
    }
}
