//! The rights that each duty takes, and how those of a member differ from them. Pure.
//!
//! A function that is not listed under a name known here is unclear, never missing: the vendor renames things. Reading
//! more than is needed harms no bill and is not told. A function of the right name in another module may be something else:
//! it grants nothing that is needed, and nobody is told to take it away, since it may be what is meant after all.

use std::sync::Arc;

use super::my_security::{Function, Member};
use super::{Action, Finding, Flaw, Level, LineWrites, Needs, Purpose, TicketUse};

/// What a member's keys are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// Everything.
    ReadsAndWrites,
    /// Reading alone.
    Reads,
    /// Writing alone.
    Writes,
}

/// A function as roles name it. Of several names any one will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    module: &'static str,
    functions: &'static [&'static str],
}

const COMPANIES: Place = Place { module: "Companies", functions: &["Company Maintenance"] };
const AGREEMENTS: Place = Place { module: "Finance", functions: &["Agreements"] };
const PRODUCTS: Place = Place { module: "Procurement", functions: &["Product Catalog", "Products"] };
const TABLES: Place = Place { module: "System", functions: &["Table Setup"] };
const TICKETS: Place = Place { module: "Service Desk", functions: &["Service Tickets"] };

/// An action that a duty takes, and what for.
#[derive(Clone, Copy)]
struct Need {
    place: Place,
    action: Action,
    purpose: Purpose,
}

/// The actions that a duty takes, all at the level `All`.
fn needed(duty: Duty, needs: Needs) -> Vec<Need> {
    let mut needed = Vec::new();
    let mut need = |place, action, purpose| needed.push(Need { place, action, purpose });
    if matches!(duty, Duty::Reads | Duty::ReadsAndWrites) {
        for place in [COMPANIES, AGREEMENTS, PRODUCTS, TABLES] {
            need(place, Action::Inquire, Purpose::Reading);
        }
        if needs.tickets == TicketUse::Opened {
            need(TICKETS, Action::Inquire, Purpose::Tickets);
        }
    }
    if matches!(duty, Duty::Writes | Duty::ReadsAndWrites) {
        if duty == Duty::Writes {
            need(AGREEMENTS, Action::Inquire, Purpose::SettingQuantities);
        }
        need(AGREEMENTS, Action::Edit, Purpose::SettingQuantities);
        if needs.lines == LineWrites::QuantitiesAndCreates {
            need(AGREEMENTS, Action::Add, Purpose::Creating);
        }
        if needs.tickets == TicketUse::Opened {
            need(TICKETS, Action::Add, Purpose::Tickets);
        }
    }
    needed
}

/// What of a member's rights is not as its duty takes it.
pub(super) fn compare(member: &Member, duty: Duty, needs: Needs) -> Vec<Finding> {
    let needed = needed(duty, needs);
    let mut findings: Vec<Finding> = needed.iter().filter_map(|need| lack(member, *need)).collect();
    let wanted: Vec<(&Function, Action)> = needed
        .iter()
        .flat_map(|need| {
            perhaps_meant(member, need.place).into_iter().map(|function| (function, need.action))
        })
        .collect();
    for function in &member.functions {
        for action in [Action::Add, Action::Edit, Action::Delete] {
            let is_wanted =
                wanted.iter().any(|(known, wanted)| std::ptr::eq(*known, function) && *wanted == action);
            let level = function.level(action);
            if !is_wanted && reaches_something(level) {
                findings.push(Finding {
                    flaw: Flaw::Excess,
                    purpose: Purpose::Nothing,
                    needed: Level::None,
                    ..finding(member, function, action)
                });
            }
        }
    }
    findings
}

/// What is lacking for an action, if anything is.
fn lack(member: &Member, need: Need) -> Option<Finding> {
    let Need { place, action, purpose } = need;
    let candidates = found(member, place);
    if candidates.iter().any(|function| *function.level(action) == Level::All) {
        return None;
    }
    let says_little = |level: &Level| matches!(level, Level::Other(_) | Level::Unsaid);
    match candidates.first() {
        None => Some(Finding {
            flaw: Flaw::Unclear,
            purpose,
            member: Arc::clone(&member.identifier),
            module: place.module.into(),
            function: place.functions[0].into(),
            action,
            now: Level::Unsaid,
            needed: Level::All,
        }),
        Some(function) => {
            let is_unclear = candidates.iter().any(|function| says_little(function.level(action)));
            let flaw = if is_unclear { Flaw::Unclear } else { Flaw::Missing };
            Some(Finding { flaw, purpose, ..finding(member, function, action) })
        }
    }
}

/// The functions of a member that a place means.
fn found(member: &Member, place: Place) -> Vec<&Function> {
    let is_here = |function: &&Function| alike(place.module, &function.module);
    named(member, place).filter(is_here).collect()
}

/// The same, or where there is none, those of its name in other modules.
fn perhaps_meant(member: &Member, place: Place) -> Vec<&Function> {
    let here = found(member, place);
    if here.is_empty() { named(member, place).collect() } else { here }
}

fn named(member: &Member, place: Place) -> impl Iterator<Item = &Function> {
    member
        .functions
        .iter()
        .filter(move |function| place.functions.iter().any(|name| alike(name, &function.name)))
}

/// Whether two names are the same but for case, blanks and signs.
fn alike(one: &str, other: &str) -> bool {
    let bare = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    bare(one) == bare(other)
}

fn reaches_something(level: &Level) -> bool {
    match level {
        Level::None | Level::Unsaid => false,
        Level::My | Level::All | Level::Other(_) => true,
    }
}

/// What is to be told of an action of a function: as it stands, where all of it is needed.
fn finding(member: &Member, function: &Function, action: Action) -> Finding {
    Finding {
        flaw: Flaw::Missing,
        purpose: Purpose::Nothing,
        member: Arc::clone(&member.identifier),
        module: Arc::clone(&function.module),
        function: Arc::clone(&function.name),
        action,
        now: function.level(action).clone(),
        needed: Level::All,
    }
}
