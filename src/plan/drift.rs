//! Drift: what we last wrote × what is billed × what should be billed (writes.md, Three kinds of drift).
//!
//! Decides whose change a difference is. Knows no limit: a change that is ours to make still has to pass the guards.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Cause;
use crate::billing::{LineRecord, Quantity};
use crate::desired::{Want, Why};
use crate::mapping::HandEdit;
use crate::problem::{Code, Reason};

/// How long the changes of others are held against them.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many changes of others within a day are a fight.
const FIGHT: usize = 2;

/// What is to be done about a line that bills a known quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drift {
    /// It bills what it should.
    InStep,
    /// It bills what it should, because somebody else set it so.
    SetByHand,
    /// It bills what somebody set by hand, and that was adopted before.
    Adopted,
    /// It bills what somebody set by hand, and that is to be adopted.
    Adopt,
    /// It is ours to change.
    Change,
    /// Somebody changed it by hand, and the policy is to write over that.
    Revert,
    /// Somebody changed it by hand.
    HandEdit,
}

/// Compares the three quantities.
pub(super) fn judge(
    record: Option<&LineRecord>,
    current: Quantity,
    desired: Quantity,
    policy: HandEdit,
) -> Drift {
    let last_written = record.and_then(|record| record.last_written);
    let adopted = record.and_then(|record| record.adopted).filter(|adopted| adopted.quantity == current);
    match (last_written, adopted) {
        (None, _) if current == desired => Drift::InStep,
        (Some(written), _) if current == desired && written == current => Drift::InStep,
        (Some(_), _) if current == desired => Drift::SetByHand,
        (_, Some(adopted)) if adopted.against == desired => by_hand(policy, Drift::Adopted),
        (_, Some(_)) | (None, None) => Drift::Change,
        (Some(written), None) if written == current => Drift::Change,
        (Some(_), None) => by_hand(policy, Drift::Adopt),
    }
}

fn by_hand(policy: HandEdit, adopted: Drift) -> Drift {
    match policy {
        HandEdit::Hold => Drift::HandEdit,
        HandEdit::Revert => Drift::Revert,
        HandEdit::Adopt => adopted,
    }
}

/// Whether what it bills is what a write of ours was to set that was given up: that one landed after all.
pub(super) fn landed_late(record: &LineRecord, current: Quantity) -> bool {
    record.last_written != Some(current) && record.unlanded.contains(&current)
}

/// Why a line changes, or would. `terms` are asked for only when nothing else explains it.
pub(super) fn cause(
    drift: Drift,
    want: Want,
    record: Option<&LineRecord>,
    commit: &str,
    terms: impl Fn() -> Arc<str>,
) -> Cause {
    let written = record.filter(|record| record.last_written.is_some());
    match (drift, want, written) {
        (Drift::HandEdit | Drift::Revert | Drift::Adopt | Drift::Adopted, _, _) => Cause::HandEdit,
        (_, Want::Undesired(Why::Cancelled | Why::Absent), _) => Cause::AccountGone,
        (_, _, None) => Cause::FirstSeen,
        (_, Want::Undesired(Why::Moved), Some(record)) if *record.commit == *commit => Cause::Usage,
        (_, Want::Undesired(Why::Moved), Some(_)) => Cause::Mapping,
        (_, Want::Wanted | Want::Unresolved, Some(record)) if *record.terms == *terms() => Cause::Usage,
        (_, Want::Wanted | Want::Unresolved, Some(_)) => Cause::Mapping,
    }
}

/// Somebody else changes the line again and again after us: a fight that we do not join.
pub(super) fn another_writer(record: &LineRecord, now: Timestamp) -> Option<Reason> {
    let recent = record.foreign_changes.iter().filter(|at| now.duration_since(**at) <= DAY).count();
    (recent >= FIGHT).then(|| {
        let message =
            format!("another program or person changed it {recent} times within 24 h after we wrote it");
        Reason::new(Code::AnotherWriter, message)
            .over(format!("{} changes in 24 h", FIGHT - 1), recent.to_string())
    })
}

/// The hold of a hand edit.
pub(super) fn hand_edit(record: Option<&LineRecord>, current: Quantity, desired: Quantity) -> Reason {
    let written = record.and_then(|record| record.last_written);
    let written = written.map_or_else(|| "nothing".to_owned(), |written| written.to_string());
    let message = format!("we wrote {written}, somebody set {current} by hand, and {desired} is desired");
    Reason::new(Code::HandEdit, message).over(written, current.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{Drift, another_writer, judge};
    use crate::billing::{AdditionId, Adopted, LineRecord, Quantity};
    use crate::mapping::HandEdit;
    use crate::problem::Code;

    fn record(written: Option<u64>) -> LineRecord {
        LineRecord {
            addition: Some(AdditionId(1)),
            last_written: written.map(Quantity::from),
            written_at: Timestamp::UNIX_EPOCH,
            commit: "c".into(),
            terms: "t".into(),
            recent_writes: Vec::new(),
            foreign_changes: Vec::new(),
            open_intent: None,
            diverged: false,
            adopted: None,
            guarded: None,
            unlanded: Vec::new(),
        }
    }

    fn drift(written: Option<u64>, current: u64, desired: u64, policy: HandEdit) -> Drift {
        judge(Some(&record(written)), current.into(), desired.into(), policy)
    }

    fn adopted(against: u64, current: u64, desired: u64, policy: HandEdit) -> Drift {
        let adopted = Adopted { quantity: 50.into(), against: against.into() };
        let record = LineRecord { adopted: Some(adopted), ..record(Some(50)) };
        judge(Some(&record), current.into(), desired.into(), policy)
    }

    #[test]
    fn all_three_equal_is_in_step() {
        assert_eq!(drift(Some(5), 5, 5, HandEdit::Hold), Drift::InStep);
    }

    #[test]
    fn what_we_wrote_is_ours_to_change() {
        assert_eq!(drift(Some(5), 5, 9, HandEdit::Hold), Drift::Change);
    }

    #[test]
    fn a_line_we_never_wrote_is_first_seen_and_no_hand_edit() {
        assert_eq!(judge(None, 5.into(), 9.into(), HandEdit::Hold), Drift::Change);
        assert_eq!(drift(None, 5, 9, HandEdit::Hold), Drift::Change);
    }

    #[test]
    fn a_hand_edit_to_the_desired_quantity_is_kept_and_told() {
        assert_eq!(drift(Some(5), 9, 9, HandEdit::Hold), Drift::SetByHand);
    }

    #[test]
    fn a_hand_edit_goes_by_the_policy_also_when_we_wrote_what_is_desired() {
        for desired in [5, 9] {
            assert_eq!(drift(Some(5), 7, desired, HandEdit::Hold), Drift::HandEdit);
            assert_eq!(drift(Some(5), 7, desired, HandEdit::Revert), Drift::Revert);
            assert_eq!(drift(Some(5), 7, desired, HandEdit::Adopt), Drift::Adopt);
        }
    }

    #[test]
    fn an_adopted_quantity_stays_until_the_desired_one_changes() {
        assert_eq!(adopted(40, 50, 40, HandEdit::Adopt), Drift::Adopted);
        assert_eq!(adopted(40, 50, 41, HandEdit::Adopt), Drift::Change);
        assert_eq!(adopted(40, 51, 40, HandEdit::Adopt), Drift::Adopt);
        assert_eq!(adopted(40, 50, 50, HandEdit::Adopt), Drift::InStep);
    }

    #[test]
    fn an_adoption_ends_with_its_policy() {
        assert_eq!(adopted(40, 50, 40, HandEdit::Hold), Drift::HandEdit);
        assert_eq!(adopted(40, 50, 40, HandEdit::Revert), Drift::Revert);
    }

    #[test]
    fn c4_two_foreign_changes_within_24_hours_are_another_writer() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let changed = |times: &[Timestamp]| LineRecord { foreign_changes: times.to_vec(), ..record(Some(5)) };
        let (today, yesterday) = (at("2026-11-22T08:00:00Z"), at("2026-11-21T08:59:59Z"));

        let fight = another_writer(&changed(&[today, today]), now);

        assert_eq!(fight.map(|reason| reason.code), Some(Code::AnotherWriter));
        assert_eq!(another_writer(&changed(&[yesterday, today]), now), None);
    }

    proptest! {
        #[test]
        fn only_what_nobody_else_touched_is_changed_without_a_word(
            written in proptest::option::of(0..4_u64), current in 0..4_u64, desired in 0..4_u64,
        ) {
            let outcome = drift(written, current, desired, HandEdit::Hold);

            if outcome == Drift::Change {
                prop_assert!(written.is_none_or(|written| written == current) && current != desired);
            }
            prop_assert_eq!(current == desired, matches!(outcome, Drift::InStep | Drift::SetByHand));
        }
    }
}
