//! The oracle, shown what it must not let pass: each law is broken once in evidence that is otherwise a real run's.
//!
//! The run is in good weather and breaks nothing. Then another program writes with the same keys, or a value of the
//! evidence is changed to what a bug would have left.

use rust_decimal::Decimal;
use serde_json::json;

use super::{Evidence, Months, breaches, stand};
use crate::soak::chance::Chance;
use crate::soak::evidence::Beginning;
use crate::soak::office::Office;
use crate::soak::shop::{FIRST, MISSING, agreement, name};
use crate::soak::{GROWTH_KIB, REQUESTS_A_MINUTE, shop, tenant};
use crate::world::World;
use crate::world::elsewhere::land;

/// A real run that broke nothing.
struct Run {
    world: World,
    months: Months,
    beginning: Beginning,
}

impl Run {
    /// Creates what is missing and writes what has changed, until all of it is right.
    fn in_good_weather() -> Self {
        let world = shop::open();
        let office = Office::open(&world, Chance::new(7));
        tenant(&world, &office.settings());
        let mut months = Months::begin(&world, Chance::new(7));
        let beginning = Beginning::of(&world);
        crate::faults::until("everything is written", || world.apply().code == Some(0));
        months.go_on(&world);
        crate::faults::until("the changes are written", || world.apply().code == Some(0));
        Self { world, months, beginning }
    }

    fn evidence(&self) -> Evidence {
        self.beginning.evidence(&self.world, jiff::Timestamp::now(), 0, vec![40_000, 40_100, 40_050])
    }

    /// The laws that are broken in evidence that was changed.
    fn broken(&self, change: impl FnOnce(&mut Evidence)) -> Vec<&'static str> {
        let mut evidence = self.evidence();
        change(&mut evidence);
        let mut laws: Vec<&str> = breaches(&evidence, &self.months).iter().map(|one| one.law).collect();
        laws.dedup();
        laws
    }
}

/// The addition of a line, to be changed.
fn addition(evidence: &mut Evidence, id: u32) -> &mut serde_json::Value {
    evidence.additions.iter_mut().find(|addition| addition["id"] == id).expect("it is there")
}

#[test]
fn the_oracle_finds_nothing_in_a_run_that_broke_nothing_and_each_thing_that_is_planted() {
    let run = Run::in_good_weather();
    assert_eq!(breaches(&run.evidence(), &run.months), []);

    // A quantity that nobody desired, though somebody wrote it down.
    assert_eq!(run.broken(|evidence| addition(evidence, FIRST)["quantity"] = json!(999)), ["L1", "S15"]);
    // A second line for the same product.
    let doubled = |evidence: &mut Evidence| {
        let mut second = addition(evidence, FIRST).clone();
        second["id"] = json!(8_000);
        evidence.additions.push(second);
    };
    assert_eq!(run.broken(doubled), ["L1", "S15"]);
    // A line that is gone.
    assert_eq!(run.broken(|evidence| evidence.additions.retain(|one| one["id"] != FIRST)), ["L1"]);
    // A line of others.
    assert_eq!(run.broken(|evidence| addition(evidence, FIRST + 1_000)["unitPrice"] = json!(1)), ["S6"]);
    // One request over the limit; one more in a minute than may be.
    assert_eq!(run.broken(|evidence| evidence.over = 1), ["B5"]);
    let crowd = |evidence: &mut Evidence| {
        let read = evidence.log.iter().find(|exchange| exchange.is_read()).expect("it reads").clone();
        let missing = (REQUESTS_A_MINUTE as usize + 1).saturating_sub(evidence.log.len());
        evidence.cleared = jiff::Timestamp::now();
        evidence.log.extend(std::iter::repeat_n(read, missing.max(REQUESTS_A_MINUTE as usize + 1)));
    };
    assert_eq!(run.broken(crowd), ["B5"]);
    // Memory that grows a little each time.
    let leak = |evidence: &mut Evidence| {
        evidence.memory = (0..=GROWTH_KIB / 512 + 1).map(|turn| 40_000 + 512 * turn).collect();
    };
    assert_eq!(run.broken(leak), ["memory"]);
    // A write that the journal does not know, one it knows twice open, one that is never settled.
    assert_eq!(run.broken(|evidence| drop(evidence.meant.remove(0)))[0], "S2");
    let open = run.broken(|evidence| evidence.meant[0].settled = None);
    assert!(open.contains(&"S4") && open.contains(&"S10"), "{open:?}");
    let undesired = run.broken(|evidence| {
        let sent = evidence.meant.iter_mut().rfind(|meant| meant.addition.is_some());
        sent.expect("a change was meant").after = Decimal::from(999);
    });
    assert!(undesired.contains(&"S16") && undesired.contains(&"S2"), "{undesired:?}");
}
#[test]
fn the_oracle_lets_a_line_be_held_only_for_a_reason_and_only_where_somebody_meddled() {
    let run = Run::in_good_weather();
    let simulator = run.world.simulator();
    simulator.edit_quantity(FIRST, Some(3.into())).expect("it is there");
    let held = |reasons: &[(u32, &str)]| {
        let mut evidence = run.evidence();
        evidence.reasons = reasons.iter().map(|(line, reason)| (name(*line), (*reason).to_owned())).collect();
        let settled = stand(&evidence, &run.months);
        (settled.held.len(), settled.wrong.len())
    };

    assert_eq!(held(&[(0, "fight")]), (1, 0));
    assert_eq!(held(&[(0, "")]), (0, 1), "a reason without words");
    assert_eq!(held(&[]), (0, 1), "no reason");
    assert_eq!(held(&[(0, "diverged in_doubt")]), (0, 1), "a reason that passes by itself");
    assert_eq!(held(&[(1, "fight")]), (0, 1), "another line's reason");
    let mut evidence = run.evidence();
    evidence.reasons = [(name(0), "fight".to_owned()), (name(10), "fight".to_owned())].into();
    addition(&mut evidence, FIRST + 10)["quantity"] = json!(999);
    let settled = stand(&evidence, &run.months);
    assert_eq!(settled.wrong.keys().collect::<Vec<_>>(), [&name(10)], "nobody meddled with it");
}

#[test]
fn the_oracle_catches_a_program_that_writes_past_the_journal_and_creates_a_line_again() {
    let run = Run::in_good_weather();
    let line = FIRST + 2;
    let path = format!("finance/agreements/{}/additions", agreement(2));
    let desired = run.months.desired(2);

    let body = format!(r#"[{{"op":"replace","path":"quantity","value":{desired}}}]"#);
    land(&run.world, "PATCH", &format!("{path}/{line}"), &body);
    assert_eq!(run.broken(|_| ())[0], "S2", "the right quantity, written by nobody who meant it");

    let path = format!("finance/agreements/{}/additions", agreement(MISSING[0]));
    land(&run.world, "POST", &path, r#"{"product":{"id":31},"quantity":0,"billCustomer":"Billable"}"#);
    let broken = run.broken(|_| ());
    assert!(broken.starts_with(&["L1", "S2"]) && broken.contains(&"S1"), "{broken:?}");
}
