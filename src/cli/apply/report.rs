//! What applying a plan came to, in words: as plainly what was left alone as what was changed.

use super::super::Exit;
use super::super::screen::Screen;
use crate::billing::Quantity;
use crate::journal::attempt::{Conclusion, Stale};
use crate::journal::{Field, NotSent};
use crate::plan::{Plan, Verdict};
use crate::problem::printable;
use crate::reconciler::{Applied, Choice, LineResult, Outcome, Recovered};

/// Tells what an earlier process had left open.
pub(super) fn recovered(recovered: &[Recovered], screen: &Screen) {
    for found in recovered {
        let intent = &found.open.intent;
        let name = printable(&format!("{}/{}", intent.company, intent.product_identifier)).into_owned();
        let (word, why) = conclusion(&found.conclusion);
        screen.say(&format!("Left open at {:.0}: {name}: {word}{}", intent.at, because(&why)));
    }
}

/// Tells which lines of a plan document do not hold any more, and whether writes wait.
pub(super) fn left_out(choice: &Choice<'_>, screen: &Screen) {
    for stale in &choice.stale {
        screen.say(&format!("  left out  {}: {}", printable(&stale.name), printable(&stale.why)));
    }
    if choice.already > 0 {
        screen.say(&format!("  already applied: {}", lines(choice.already)));
    }
    if choice.frozen {
        screen.say("A freeze window is open: nothing is written until it ends");
    }
    if choice.rewritten {
        screen.say("History was rewritten: nothing is written until a waiver says that this is right");
    }
}

/// Tells one result.
pub(super) fn line(result: &LineResult<'_>, screen: &Screen) {
    let name = printable(&format!("{}/{}", result.company, result.product)).into_owned();
    let before = result.before.map_or_else(|| "·".to_owned(), |before| before.to_string());
    let (word, why) = outcome(&result.outcome);
    screen.tell(&format!("  {word:<13} {name}  {before} -> {}{}", result.after, because(&why)));
}

/// Tells how it ended, in one line, and with which exit code.
pub(super) fn ended(
    plan: &Plan<'_>,
    choice: &Choice<'_>,
    applied: &Applied<'_>,
    recovered: &[Recovered],
    screen: &Screen,
) -> Exit {
    let doubtful = |conclusion: &Conclusion| matches!(conclusion, Conclusion::InDoubt { .. });
    let verified = count(applied, Conclusion::is_verified);
    let in_doubt =
        count(applied, doubtful) + recovered.iter().filter(|found| doubtful(&found.conclusion)).count();
    let failed = applied.results.len() - verified - count(applied, doubtful);
    let held = plan.lines.iter().filter(|line| line.verdict == Verdict::Hold).count();
    screen.tell(&format!(
        "\nApplied: {verified} written and verified, {} left out, {failed} not written, {in_doubt} in doubt; {held} held.",
        choice.stale.len(),
    ));
    if in_doubt > 0 {
        screen.say("What is in doubt is settled by reading, in the next run after its settle time; its lines are left alone");
    }
    if failed > 0 || in_doubt > 0 || !choice.stale.is_empty() {
        Exit::Partly
    } else if held > 0 || choice.frozen || choice.rewritten {
        Exit::Held
    } else {
        Exit::Done
    }
}

/// So many lines, in words.
pub(super) fn lines(count: usize) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{count} changes") }
}

fn count(applied: &Applied<'_>, is: impl Fn(&Conclusion) -> bool) -> usize {
    let concluded = applied.results.iter().filter(|result| match &result.outcome {
        Outcome::Concluded(conclusion) => is(conclusion),
        Outcome::WaitsForSister(_) | Outcome::NotTried(_) => false,
    });
    concluded.count()
}

fn because(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!("  {}", printable(why)) }
}

fn outcome(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Concluded(found) => conclusion(found),
        Outcome::WaitsForSister(_) => (
            "not written",
            "the line that takes over is not verified, so this one keeps its quantity".to_owned(),
        ),
        Outcome::NotTried(halt) => ("not tried", halt.to_string()),
    }
}

fn conclusion(conclusion: &Conclusion) -> (&'static str, String) {
    match conclusion {
        Conclusion::Applied { .. } => ("applied", String::new()),
        Conclusion::AlreadyThere { .. } => ("already there", String::new()),
        Conclusion::Created { addition } => {
            ("created", format!("addition {addition}, at 0 until the next run"))
        }
        Conclusion::Stale(stale) => ("left out", differs(stale)),
        Conclusion::Unreadable { message } => ("left out", format!("it could not be read: {message}")),
        Conclusion::NotSent(why) => ("not sent", unsent(*why).to_owned()),
        Conclusion::Refused { status, message } => {
            ("refused", format!("ConnectWise said {status}: {message}"))
        }
        Conclusion::NotApplied => ("not applied", "the write did nothing and never will".to_owned()),
        Conclusion::Diverged { seen, fields, .. } => ("diverged", stored(*seen, fields)),
        Conclusion::Drift { seen } => ("changed", format!("somebody else set {} meanwhile", number(*seen))),
        Conclusion::Gone => ("gone", "the addition was deleted meanwhile".to_owned()),
        Conclusion::Ambiguous { additions } => {
            let ids: Vec<String> = additions.iter().map(ToString::to_string).collect();
            ("ambiguous", format!("several new additions match, all at 0: {}", ids.join(", ")))
        }
        Conclusion::InDoubt { message, settles_at } => {
            ("in doubt", format!("{message}; settled by reading after {settles_at:.0}"))
        }
    }
}

fn stored(seen: Option<Quantity>, fields: &[Field]) -> String {
    let others: Vec<&str> =
        fields.iter().filter(|field| **field != Field::Quantity).map(|field| field.as_str()).collect();
    if others.is_empty() {
        format!("ConnectWise stored {}; held until somebody looks", number(seen))
    } else {
        format!("{} changed with the write; held until somebody looks", others.join(" and "))
    }
}

fn differs(stale: &Stale) -> String {
    match stale {
        Stale::Quantity { planned, seen } => {
            format!("concurrent_change: it was {planned}, it is {}", number(*seen))
        }
        Stale::Gone => "concurrent_change: the addition is gone".to_owned(),
        Stale::Cancelled => "concurrent_change: the addition was cancelled".to_owned(),
        Stale::Moved => "concurrent_change: the addition bills another product or agreement now".to_owned(),
        Stale::AgreementEnded => "concurrent_change: the agreement does not run today".to_owned(),
        Stale::AgreementMoved => "concurrent_change: the agreement is another company's now".to_owned(),
        Stale::Exists(additions) => {
            format!("concurrent_change: {} such additions exist by now", additions.len())
        }
    }
}

fn unsent(why: NotSent) -> &'static str {
    match why {
        NotSent::SendByPassed => "the journal took too long, so the line would have to be read again",
        NotSent::StopRequested => "a stop was requested",
        NotSent::NoByteWritten => "no connection to ConnectWise stood in time",
    }
}

fn number(quantity: Option<Quantity>) -> String {
    quantity.map_or_else(|| "no quantity".to_owned(), |quantity| quantity.to_string())
}
