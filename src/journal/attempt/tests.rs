//! The protocol step by step: what each read and each answer comes to.

use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use super::{
    Conclusion, CreateLine, Elapsed, Listing, POSTS, RETRIES, SetLine, Sight, Stale, Step, Stop, Timing,
    Watched, WriteAnswer, first_day,
};
use crate::billing::{
    Addition, AdditionId, Agreement, AgreementId, AgreementStatus, AgreementTypeId, BillCustomer, CompanyId,
    LineKey, ProductId, Quantity,
};
use crate::journal::{Action, Field, IntentId, NotSent, Outcome};

const LINE: LineKey = LineKey { agreement: AgreementId(418), product: ProductId(31) };
const TODAY: Date = date(2026, 11, 22);
const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn set_line() -> SetLine {
    SetLine {
        line: LINE,
        addition: AdditionId(9931),
        before: 25.into(),
        after: 30.into(),
        timing: Timing::default(),
    }
}

fn create_line() -> CreateLine {
    CreateLine { line: LINE, quantity: 30.into(), effective: TODAY, timing: Timing::default() }
}

fn addition(quantity: u64) -> Addition {
    Addition {
        id: AdditionId(9931),
        agreement: LINE.agreement,
        product: LINE.product,
        product_identifier: Arc::from("BKP-GB"),
        quantity: Some(quantity.into()),
        less_included: None,
        unit_price: Some("0.45".parse().unwrap()),
        unit: None,
        bill_customer: BillCustomer::Billable,
        effective: Some(date(2026, 1, 1)),
        cancelled: None,
        status: AgreementStatus::Active,
        last_updated: Some(AT),
        updated_by: None,
    }
}

fn found(addition: Addition) -> Sight {
    Sight::Found(Box::new(addition))
}

fn answered(status: u16, record: Option<Addition>) -> WriteAnswer {
    WriteAnswer::Answered { status, record: record.map(Box::new), message: "said so".to_owned() }
}

fn promptly() -> Elapsed {
    Elapsed { monotonic: Timing::default().send_by, wall: SignedDuration::ZERO }
}

/// Reads the addition again.
fn read(step: Step, sight: Sight) -> Step {
    let Step::Read(read) = step else { panic!("not a read: {step:?}") };
    read.seen(sight, TODAY)
}

fn list(step: Step, additions: Vec<Addition>) -> Step {
    let Step::List(list) = step else { panic!("not a list: {step:?}") };
    list.listed(Listing::Complete(additions), TODAY)
}

fn commit(step: Step, elapsed: Elapsed, stop: Stop) -> Step {
    let Step::Intend(intend) = step else { panic!("not an intent: {step:?}") };
    intend.committed(IntentId(7), AT, elapsed, stop)
}

fn answer(step: Step, answer: WriteAnswer) -> Step {
    match step {
        Step::Patch(patch) => patch.answered(answer),
        Step::Post(post) => post.answered(answer),
        other => panic!("not a write: {other:?}"),
    }
}

/// Up to the write of a set.
fn sent_set() -> Step {
    commit(read(set_line().start(), found(addition(25))), promptly(), Stop::No)
}

/// Up to the write of a create.
fn sent_create() -> Step {
    commit(list(create_line().start(), Vec::new()), promptly(), Stop::No)
}

/// From a lost answer past the settle time.
fn waited(step: Step) -> Step {
    let Step::Doubt(doubt) = step else { panic!("not a doubt: {step:?}") };
    let Step::Wait(wait) = doubt.recorded(AT) else { panic!("not a wait") };
    let Step::Wait(wait) = wait.look(Watched::UntilNow(AT)) else { panic!("waited for nothing") };
    wait.look(Watched::UntilNow(AT + SignedDuration::from_secs(305)))
}

#[track_caller]
fn outcome(step: Step) -> Outcome {
    let Step::Settle(settle) = step else { panic!("not settled: {step:?}") };
    settle.outcome().clone()
}

fn recorded(step: Step) -> Step {
    let Step::Settle(settle) = step else { panic!("not settled: {step:?}") };
    settle.recorded()
}

#[test]
fn only_an_addition_as_planned_is_written() {
    let seen = |change: fn(&mut Addition)| {
        let mut addition = addition(25);
        change(&mut addition);
        read(set_line().start(), found(addition))
    };
    let stale = |stale| Step::Done(Conclusion::Stale(stale));
    let other = |seen| stale(Stale::Quantity { planned: 25.into(), seen });

    assert!(matches!(seen(|_| {}), Step::Intend(_)));
    assert_eq!(seen(|addition| addition.quantity = Some(26.into())), other(Some(26.into())));
    assert_eq!(seen(|addition| addition.quantity = None), other(None));
    assert_eq!(seen(|addition| addition.cancelled = Some(TODAY)), stale(Stale::Cancelled));
    assert_eq!(seen(|addition| addition.product = ProductId(32)), stale(Stale::Moved));
    assert_eq!(seen(|addition| addition.agreement = AgreementId(1)), stale(Stale::Moved));
    assert_eq!(read(set_line().start(), Sight::Gone), stale(Stale::Gone));
}

#[test]
fn a14_a_quantity_that_stands_already_is_done_without_a_write() {
    let step = read(set_line().start(), found(addition(30)));

    let done = Conclusion::AlreadyThere { addition: AdditionId(9931), after: 30.into() };
    assert_eq!(step, Step::Done(done.clone()));
    assert!(done.is_verified());
}

#[test]
fn the_intent_says_what_was_read_and_what_is_meant() {
    let Step::Intend(intend) = read(set_line().start(), found(addition(25))) else { panic!() };

    let (before, after) = (25.into(), 30.into());
    let action = Action::Set { addition: AdditionId(9931), before, after, last_updated: Some(AT) };
    assert_eq!((intend.action(), intend.attempt()), (action, 1));
    assert_eq!(intend.settles_at(AT), AT + SignedDuration::from_secs(305));
}

#[test]
fn a10_nothing_is_sent_once_either_clock_says_it_is_late() {
    let late = SignedDuration::from_millis(5_001);
    let meant = || read(set_line().start(), found(addition(25)));
    let after = |elapsed| commit(meant(), elapsed, Stop::No);

    let by_monotonic = Elapsed { monotonic: late.unsigned_abs(), ..promptly() };
    let by_wall = Elapsed { wall: late, ..promptly() };
    let set_back = Elapsed { wall: SignedDuration::from_secs(-1), ..promptly() };

    for elapsed in [by_monotonic, by_wall, set_back] {
        assert_eq!(outcome(after(elapsed)), Outcome::NotSent(NotSent::SendByPassed));
    }
    assert!(matches!(after(promptly()), Step::Patch(_)));
}

#[test]
fn a6_nothing_is_sent_once_a_stop_is_requested() {
    let step = commit(read(set_line().start(), found(addition(25))), promptly(), Stop::Requested);

    assert_eq!(outcome(step.clone()), Outcome::NotSent(NotSent::StopRequested));
    assert_eq!(recorded(step), Step::Done(Conclusion::NotSent(NotSent::StopRequested)));
}

#[test]
fn only_the_statuses_that_refuse_for_sure_are_refusals() {
    for status in 100..600 {
        let step = answer(sent_set(), answered(status, None));
        match status {
            400 | 401 | 403 | 404 | 405 | 415 | 422 => {
                assert_eq!(outcome(step), Outcome::Refused { status, message: "said so".to_owned() });
            }
            _ => assert!(matches!(step, Step::Doubt(_)), "{status} proves nothing"),
        }
    }
}

#[test]
fn only_200_with_the_quantity_acknowledges_a_set() {
    assert_eq!(outcome(answer(sent_set(), answered(200, Some(addition(30))))), Outcome::Applied);

    let mut other = addition(30);
    other.id = AdditionId(1);
    for (status, record) in [(201, addition(30)), (204, addition(30)), (200, other), (500, addition(30))] {
        assert!(matches!(answer(sent_set(), answered(status, Some(record))), Step::Doubt(_)));
    }
    let lost = WriteAnswer::Lost { message: "reset".to_owned() };
    assert!(matches!(answer(sent_set(), lost), Step::Doubt(_)));
    let unsent = WriteAnswer::Unsent { message: "no route".to_owned() };
    assert_eq!(outcome(answer(sent_set(), unsent)), Outcome::NotSent(NotSent::NoByteWritten));
}

#[test]
fn b10_a_success_that_changed_nothing_is_read_back_and_told_as_diverged() {
    let verify = || answer(sent_set(), answered(200, Some(addition(25))));
    assert!(matches!(verify(), Step::Read(_)));

    let diverged = |seen: u64| Outcome::Diverged {
        addition: AdditionId(9931),
        seen: Some(seen.into()),
        fields: vec![Field::Quantity],
    };
    assert_eq!(outcome(read(verify(), found(addition(25)))), diverged(25));
    assert_eq!(outcome(read(verify(), found(addition(29)))), diverged(29));
    assert_eq!(outcome(read(verify(), found(addition(30)))), Outcome::Applied);
    assert!(matches!(read(verify(), Sight::Unreadable { message: String::new() }), Step::Doubt(_)));
}

#[test]
fn b11_other_fields_that_changed_with_the_quantity_are_told_as_diverged() {
    let mut record = addition(30);
    record.unit_price = Some("0.50".parse().unwrap());
    record.cancelled = Some(date(2027, 1, 1));

    let step = answer(sent_set(), answered(200, Some(record)));

    let fields = vec![Field::UnitPrice, Field::Cancelled];
    let diverged = Outcome::Diverged { addition: AdditionId(9931), seen: Some(30.into()), fields };
    assert_eq!(outcome(step), diverged);
}

#[test]
fn after_a_doubt_reading_tells_what_came_of_it() {
    let lost = || waited(answer(sent_set(), WriteAnswer::Lost { message: "timed out".to_owned() }));
    let mut undone = addition(25);
    undone.last_updated = Some(AT + SignedDuration::from_secs(60));

    assert_eq!(outcome(read(lost(), found(addition(30)))), Outcome::Applied);
    assert_eq!(outcome(read(lost(), found(addition(25)))), Outcome::NotApplied);
    assert_eq!(outcome(read(lost(), found(undone))), Outcome::Drift { seen: Some(25.into()) });
    assert_eq!(outcome(read(lost(), found(addition(7)))), Outcome::Drift { seen: Some(7.into()) });
    assert_eq!(outcome(read(lost(), Sight::Gone)), Outcome::Gone);
    let unreadable = read(lost(), Sight::Unreadable { message: "no answer".to_owned() });
    assert!(matches!(unreadable, Step::Done(Conclusion::InDoubt { .. })));
}

#[test]
fn a_plan_tries_again_at_most_three_times() {
    let mut step = set_line().start();
    let mut sent = 0;
    loop {
        let lost = WriteAnswer::Lost { message: "timed out".to_owned() };
        let doubt = answer(commit(read(step, found(addition(25))), promptly(), Stop::No), lost);
        sent += 1;
        match recorded(read(waited(doubt), found(addition(25)))) {
            Step::Retry(retry) => step = retry.again(),
            end => {
                assert_eq!(end, Step::Done(Conclusion::NotApplied));
                break;
            }
        }
    }
    assert_eq!(sent, 1 + RETRIES);
}

#[test]
fn a_line_is_created_only_where_a_complete_list_shows_none() {
    let mut cancelled = addition(3);
    cancelled.cancelled = Some(TODAY);
    let mut one_off = addition(3);
    (one_off.effective, one_off.cancelled) = (Some(date(2026, 11, 10)), Some(date(2026, 12, 1)));
    let mut other = addition(3);
    other.product = ProductId(32);

    let exists = list(create_line().start(), vec![addition(0)]);
    let none = list(create_line().start(), vec![cancelled, one_off, other]);

    assert_eq!(exists, Step::Done(Conclusion::Stale(Stale::Exists(vec![AdditionId(9931)]))));
    assert!(matches!(none, Step::Intend(_)));
    let Step::List(list) = create_line().start() else { panic!() };
    let unreadable = list.listed(Listing::Unreadable { message: String::new() }, TODAY);
    assert!(matches!(unreadable, Step::Done(Conclusion::Unreadable { .. })));
}

#[test]
fn a_created_line_is_inert_first_and_set_next() {
    let step = answer(sent_create(), answered(201, Some(addition(0))));
    assert_eq!(outcome(step.clone()), Outcome::Created { addition: AdditionId(9931) });

    let Step::Intend(intend) = read(recorded(step), found(addition(0))) else { panic!() };

    let (before, after) = (Quantity::ZERO, 30.into());
    let action = Action::Set { addition: AdditionId(9931), before, after, last_updated: Some(AT) };
    assert_eq!(intend.action(), action);
}

#[test]
fn a_created_line_that_is_not_inert_is_left_alone() {
    let step = answer(sent_create(), answered(201, Some(addition(1))));

    let fields = vec![Field::Quantity];
    let diverged = Outcome::Diverged { addition: AdditionId(9931), seen: Some(1.into()), fields };
    assert_eq!(outcome(step), diverged);
}

#[test]
fn after_a_doubtful_create_one_new_line_is_ours_and_two_are_nobodys() {
    let lost = || waited(answer(sent_create(), WriteAnswer::Lost { message: "timed out".to_owned() }));
    let second = Addition { id: AdditionId(9932), ..addition(0) };

    let one = list(lost(), vec![addition(0)]);
    let two = list(lost(), vec![second, addition(0)]);

    assert_eq!(outcome(one), Outcome::Created { addition: AdditionId(9931) });
    assert_eq!(outcome(two), Outcome::Ambiguous { additions: vec![AdditionId(9931), AdditionId(9932)] });
}

#[test]
fn a_plan_posts_a_line_at_most_twice() {
    let mut step = create_line().start();
    let mut sent = 0;
    loop {
        let lost = WriteAnswer::Lost { message: "timed out".to_owned() };
        let doubt = answer(commit(list(step, Vec::new()), promptly(), Stop::No), lost);
        sent += 1;
        match recorded(list(waited(doubt), Vec::new())) {
            Step::Retry(retry) => step = retry.again(),
            end => {
                assert_eq!(end, Step::Done(Conclusion::NotApplied));
                break;
            }
        }
    }
    assert_eq!(sent, POSTS);
}

#[test]
fn i5_a_credential_that_may_not_write_stops_the_tenant() {
    for (status, stops) in [(401, true), (403, true), (400, false), (404, false)] {
        let end = recorded(answer(sent_set(), answered(status, None)));
        let Step::Done(conclusion) = end else { panic!("{end:?}") };
        assert_eq!(conclusion.stops_tenant(), stops, "{status}");
    }
}

#[test]
fn f3_a_new_line_starts_when_the_next_invoice_does_whatever_month_today_is_in() {
    let agreement = |bill_start, next_invoice| Agreement {
        id: AgreementId(418),
        name: Arc::from("Northwind Backup"),
        agreement_type: AgreementTypeId(1),
        company: CompanyId(77),
        parent: None,
        start: None,
        end: None,
        no_ending_date: true,
        cancelled: false,
        status: AgreementStatus::Active,
        bill_start,
        next_invoice,
    };
    let (early, late) = (date(2026, 1, 1), date(2026, 12, 1));

    assert_eq!(first_day(&agreement(Some(early), Some(late)), TODAY), late);
    assert_eq!(first_day(&agreement(Some(late), Some(early)), TODAY), late);
    assert_eq!(first_day(&agreement(Some(early), None), TODAY), early);
    assert_eq!(first_day(&agreement(None, None), TODAY), TODAY);
    for today in
        [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2027, 12, 31), date(2028, 1, 1)]
    {
        // A plan of the last day of a month that is applied on the first of the next gives the same day.
        assert_eq!(first_day(&agreement(Some(early), Some(late)), today), late);
        assert_eq!(first_day(&agreement(None, None), today), today);
    }
}
