//! The sentences of what began, one function for each kind of matter.

use std::sync::Arc;

use jiff::Timestamp;

use super::{UNTIL_DECIDED, counted, held_together, monthly, outside, short, shown};
use crate::alerts::matter::{Backlog, Fact, Key};
use crate::alerts::notice::{Item, Tone};
use crate::reconciler::standing::Suspension;

/// What a doubted source means for bills.
const STAY: &str = "The lines that need it stay as they are until it can be relied on";

/// What is told of a matter that began.
pub(super) fn item(key: &Key, fact: Fact, tenant: &str) -> Item {
    let status = format!("Run trueup status --tenant {tenant}");
    match fact {
        Fact::Failing { message, hint, since, failures } => {
            let action = hint.map_or(status, |hint| outside(&hint));
            failing(key, &format!("since {} ({failures} times): {}", shown(since), outside(&message)), action)
        }
        Fact::Refused { commit, count, problems } => refused(key, &commit, count, &problems),
        Fact::RepositoryStale { place, looked_at } => stale(key, &place, looked_at),
        Fact::InDoubt { writes, since } => in_doubt(key, writes, since, status),
        Fact::Unwritten => unwritten(key, tenant),
        Fact::Suspended(suspension) => suspended(key, &suspension, tenant),
        Fact::Health(sentence) => {
            plain(key, outside(&sentence), "Bills may not be in step with usage", status)
        }
        Fact::Freeze(backlog) => freeze(key, &backlog, tenant),
        Fact::Unreadable(source) => unreadable(key, &source),
        Fact::Source { code, source, message, lines } => {
            let held = counted(lines, "line is", "lines are");
            let held = if lines == 0 { String::new() } else { format!("; {held} held") };
            let what =
                format!("The usage source {} is doubted: {}{held}", outside(&source), outside(&message));
            plain(
                key,
                what,
                STAY,
                format!("Check the export that it comes from, or run trueup explain {code}"),
            )
        }
        Fact::Run { guard, lines, money } => {
            let what =
                format!("{} held by {guard}: {}", counted(lines, "line is", "lines are"), monthly(money));
            let action = format!("Read the plan, and run trueup explain {guard} for the way out");
            plain(key, what, UNTIL_DECIDED, action)
        }
        Fact::Line(line) => held_together(line.guard, &[line], tenant),
    }
}

fn plain(key: &Key, what: String, means: &str, action: String) -> Item {
    let (level, details) = (key.level(), Vec::new());
    Item { tone: Tone::Began, key: key.to_string(), level, what, means: means.to_owned(), action, details }
}

fn failing(key: &Key, how: &str, action: String) -> Item {
    let means = "Quantities in ConnectWise stay as they are. What was used since then is not on the bill yet";
    plain(key, format!("No pass has succeeded {how}"), means, action)
}

fn refused(key: &Key, commit: &str, count: usize, problems: &[String]) -> Item {
    let what = format!("Commit {} is refused: {}", short(commit), counted(count, "problem", "problems"));
    let means = "The commit before stays in force, so bills follow the mappings as they were";
    let action = "Correct the mappings and push again. Run trueup validate to see every problem".to_owned();
    Item { details: problems.to_vec(), ..plain(key, what, means, action) }
}

fn stale(key: &Key, place: &str, looked_at: Option<Timestamp>) -> Item {
    let since = looked_at.map_or_else(String::new, |at| format!(" since {}", shown(at)));
    let what = format!("The mapping repository {} could not be reached{since}", outside(place));
    let means = "Nothing is written until it can be read again, so bills stay as they are";
    plain(key, what, means, "Check the network and the repository's credentials".to_owned())
}

fn in_doubt(key: &Key, writes: usize, since: Timestamp, status: String) -> Item {
    let what = format!("{} in doubt since {}", counted(writes, "write is", "writes are"), shown(since));
    let means = "ConnectWise did not say whether it took the quantities. Those lines are left alone until they can \
                 be read";
    plain(key, what, means, format!("{status}, and look at those additions in ConnectWise"))
}

fn unwritten(key: &Key, tenant: &str) -> Item {
    let means = "Those lines bill their old quantity until a later pass writes them";
    let action = format!("Run trueup history --tenant {tenant}");
    plain(key, "Some lines could not be written".to_owned(), means, action)
}

fn unreadable(key: &Key, source: &Arc<str>) -> Item {
    let what = format!("The usage source {} cannot be read", outside(source));
    plain(key, what, STAY, "Check the file or the export that it comes from".to_owned())
}

fn suspended(key: &Key, suspension: &Suspension, tenant: &str) -> Item {
    let (what, action) = match suspension {
        Suspension::Operator { since, reason } => {
            let why = if reason.is_empty() { String::new() } else { format!(": {}", outside(reason)) };
            let action = format!("Run trueup resume --tenant {tenant} when bills may change again");
            (format!("Writing is suspended by an operator since {}{why}", shown(*since)), action)
        }
        Suspension::Policy => {
            let action = "Take suspend: true out of the policy when bills may change again";
            ("Writing is suspended by the policy".to_owned(), action.to_owned())
        }
        Suspension::ReadOnly => {
            let action = "Restart the daemon without TRUEUP_READ_ONLY when bills may change again";
            ("Writing is off, because TRUEUP_READ_ONLY is set".to_owned(), action.to_owned())
        }
        Suspension::Uncommitted => {
            let action = "Commit the mappings, or take the edits back";
            ("Writing waits, because the mappings are not committed".to_owned(), action.to_owned())
        }
        Suspension::Clock { ahead } => {
            let minutes = ahead.as_mins().unsigned_abs();
            let side = if ahead.is_negative() { "behind" } else { "ahead of" };
            let what =
                format!("Writing waits: ConnectWise's clock is {minutes} minutes {side} this machine's");
            (what, "Set this machine's clock".to_owned())
        }
    };
    plain(key, what, "Plans are still drawn, but nothing is written: bills stay as they are", action)
}

fn freeze(key: &Key, backlog: &Backlog, tenant: &str) -> Item {
    let Backlog { opens, held, money, unlinked, unmapped } = backlog;
    let mut details = Vec::new();
    if *held > 0 {
        details.push(format!("{} held, {}", counted(*held, "line is", "lines are"), monthly(*money)));
    }
    if *unlinked > 0 {
        details.push(format!("{} to no company", counted(*unlinked, "account belongs", "accounts belong")));
    }
    if *unmapped > 0 {
        details
            .push(format!("{} no mapping row", counted(*unmapped, "backup plan has", "backup plans have")));
    }
    let means =
        "What is not settled by then is invoiced as it stands, and what is not mapped is not invoiced at all";
    let what = format!("The freeze window opens at {}", outside(opens));
    let action = format!(
        "Settle before then what belongs on this invoice: trueup plan --tenant {tenant} shows all of it"
    );
    Item { tone: Tone::Reminder, details, ..plain(key, what, means, action) }
}
