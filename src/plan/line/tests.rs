//! The laws of drift, as the plan shows them.

use crate::billing::Adopted;
use crate::mapping::HandEdit;
use crate::plan::world::{World, held, line, quantity, time, told};
use crate::plan::{Cause, Plan, Verdict};
use crate::problem::Code;

/// We wrote 90, somebody set 100, and so much is desired.
fn edited(desired: &str, policy: HandEdit) -> World {
    let mut world = World::in_step()
        .wrote("acme", "BKP-GB", "90")
        .with("acme", "BKP-GB", |spec| spec.desired = Some(quantity(desired)));
    world.catalog.policy.hand_edit = policy;
    world
}

fn moved() -> World {
    World::in_step().with("acme", "BKP-GB", |spec| spec.desired = Some(quantity("101")))
}

fn shown(plan: &Plan<'_>) -> (Verdict, Option<Cause>) {
    let line = line(plan, "acme", "BKP-GB");
    (line.verdict, line.cause)
}

#[test]
fn a_hand_edit_is_held_and_says_what_we_wrote() {
    let world = edited("95", HandEdit::Hold);

    let plan = world.plan();

    assert_eq!(held(&plan, "acme", "BKP-GB"), [Code::HandEdit]);
    assert_eq!(line(&plan, "acme", "BKP-GB").last_written, Some(quantity("90")));
    assert_eq!(shown(&plan), (Verdict::Hold, Some(Cause::HandEdit)));
}

#[test]
fn a_hand_edit_away_from_what_is_desired_is_held_too() {
    assert_eq!(held(&edited("90", HandEdit::Hold).plan(), "acme", "BKP-GB"), [Code::HandEdit]);
}

#[test]
fn a_waiver_writes_over_a_hand_edit() {
    let world = edited("95", HandEdit::Hold).waiver(Code::HandEdit, "acme", "BKP-GB", Some("95"));

    assert_eq!(shown(&world.plan()), (Verdict::Update, Some(Cause::HandEdit)));
    assert_eq!(told(&world.plan()), []);
}

#[test]
fn revert_writes_over_a_hand_edit_within_the_guards() {
    assert_eq!(shown(&edited("95", HandEdit::Revert).plan()), (Verdict::Update, Some(Cause::HandEdit)));
    assert_eq!(held(&edited("60", HandEdit::Revert).plan(), "acme", "BKP-GB"), [Code::LineChange]);
}

#[test]
fn adopt_keeps_a_hand_edit_and_tells_the_journal() {
    let world = edited("95", HandEdit::Adopt);

    let plan = world.plan();

    assert_eq!(shown(&plan), (Verdict::Keep, None));
    assert_eq!(line(&plan, "acme", "BKP-GB").notes, [Code::HandEdit]);
    let seen = &plan.observations[0];
    assert_eq!((seen.quantity, seen.adopted_against), (quantity("100"), Some(quantity("95"))));
}

#[test]
fn an_adopted_quantity_is_written_again_once_something_else_is_desired() {
    let adopted = |desired: &str| {
        edited(desired, HandEdit::Adopt).record("acme", "BKP-GB", |record| {
            record.last_written = Some(quantity("100"));
            record.adopted = Some(Adopted { quantity: quantity("100"), against: quantity("95") });
        })
    };

    assert_eq!(shown(&adopted("95").plan()), (Verdict::Keep, None));
    assert_eq!(adopted("95").plan().observations, []);
    assert_eq!(shown(&adopted("96").plan()).0, Verdict::Update);
}

#[test]
fn a_hand_edit_to_what_is_desired_is_kept_noted_and_observed() {
    let world = edited("100", HandEdit::Hold);

    let plan = world.plan();

    assert_eq!(shown(&plan), (Verdict::Keep, None));
    assert_eq!(line(&plan, "acme", "BKP-GB").notes, [Code::HandEdit]);
    assert_eq!(plan.observations[0].adopted_against, None);
}

#[test]
fn c4_a_line_that_others_change_again_and_again_is_left_to_them_even_by_revert() {
    let mut world = edited("95", HandEdit::Revert).record("acme", "BKP-GB", |record| {
        record.foreign_changes = vec![time("2026-11-22T01:00:00Z"), time("2026-11-22T05:00:00Z")];
    });

    assert_eq!(held(&world.plan(), "acme", "BKP-GB"), [Code::AnotherWriter]);
    assert_eq!(line(&world.plan(), "acme", "BKP-GB").reasons[0].release, None);
    world.now = time("2026-11-23T02:00:00Z");
    let world = world.usage(|snapshot| snapshot.as_of = time("2026-11-23T01:00:00Z"));
    assert_eq!(shown(&world.plan()).0, Verdict::Update);
}

#[test]
fn a_change_tells_usage_from_mapping_by_its_terms() {
    let remapped = moved().record("acme", "BKP-GB", |record| record.terms = "other".into());

    assert_eq!(shown(&moved().plan()), (Verdict::Update, Some(Cause::Usage)));
    assert_eq!(shown(&remapped.plan()), (Verdict::Update, Some(Cause::Mapping)));
    assert!(line(&moved().plan(), "acme", "BKP-GB").terms.is_some());
}

#[test]
fn a_line_that_we_never_wrote_is_first_seen() {
    assert_eq!(
        shown(&moved().never_wrote("acme", "BKP-GB").plan()),
        (Verdict::Update, Some(Cause::FirstSeen))
    );
}

#[test]
fn new_terms_of_a_line_in_step_are_observed() {
    let world = World::in_step().record("acme", "BKP-GB", |record| record.terms = "other".into());

    assert_eq!(world.plan().observations.len(), 1);
}
