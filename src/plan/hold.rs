//! Turns changes into holds: asks each guard, smallest scope first, lets waivers pass, and says what would release.
//!
//! Decides the order of the guards. The limits are theirs, the permissions the waivers'.

use jiff::civil::Date;

use super::guard::line::{by_size, sanity, tripped};
use super::guard::run::{Limits, Moving, Price};
use super::guard::sister::{self, Group, Known};
use super::guard::source::SourceGuard;
use super::guard::{Change, Role, tenant};
use super::line::has_waiver;
use super::release::{Permission, yaml};
use super::waiver::Waivers;
use super::{Ancestry, Inputs, Line, Verdict};
use crate::billing::Money;
use crate::problem::{Code, Reason};

/// What the guards look at besides the changes.
pub(super) struct Guarded<'g, 'a> {
    pub(super) inputs: &'g Inputs<'a>,
    pub(super) waivers: &'g Waivers<'a>,
    pub(super) sources: &'g [SourceGuard<'a>],
    /// What all managed lines are worth a month, as far as it is known.
    pub(super) worth: Option<Money>,
    pub(super) today: Date,
}

/// Asks all guards about all changes.
pub(super) fn all<'a>(guarded: &Guarded<'_, 'a>, lines: &mut [Line<'a>], changes: &mut [Change<'a>]) {
    for change in changes.iter() {
        lines[change.index].reasons.extend(sanity(change));
    }
    let known = Known { records: &guarded.inputs.history.records, now: guarded.inputs.now };
    let groups = sister::find(lines, changes, known);
    for change in changes.iter().filter(|change| change.group.is_none()) {
        let reasons =
            tripped(change).into_iter().filter(|reason| !guarded.passes(lines, change, reason.code));
        let reasons: Vec<_> = reasons.collect();
        lines[change.index].reasons.extend(reasons);
    }
    for group in &groups {
        guard_group(guarded, lines, changes, group);
    }
    let limits = Limits::of(&guarded.inputs.catalog.policy.guards, lines.len(), guarded.worth);
    let moving = changes
        .iter()
        .filter(|change| lines[change.index].reasons.is_empty())
        .fold(Moving::NOTHING, |moving, change| moving.and(change, guarded.price(lines, change)));
    let of_run = limits.judge(moving, guarded.waivers);
    let of_commit = tenant::of_commit(guarded.inputs, guarded.waivers);
    for change in changes.iter() {
        let line = &mut lines[change.index];
        if line.reasons.is_empty() {
            line.reasons.extend(of_run.iter().cloned());
        }
        line.reasons.extend(of_commit.iter().cloned());
    }
    let releases = Releases { guarded, groups: &groups, limits, moving };
    releases.write(lines, changes);
}

/// A tripped sum holds every change of the group, unless each of them has a waiver.
fn guard_group<'a>(guarded: &Guarded<'_, 'a>, lines: &mut [Line<'a>], changes: &[Change<'a>], group: &Group) {
    let tripped: Vec<Reason> = match &group.moved {
        Some(moved) => by_size(moved).collect(),
        None => vec![Reason::new(Code::LineChange, "the sum of the sister lines is no exact number")],
    };
    let members = || group.changes.iter().map(|at| &changes[*at]);
    for reason in tripped {
        // All are asked, so that each waiver counts as needed.
        let passed = members().filter(|change| guarded.passes(lines, change, reason.code)).count();
        if passed == group.changes.len() {
            continue;
        }
        for change in members() {
            let message = format!("together with its sister lines: {}", reason.message);
            lines[change.index].reasons.push(Reason { message, ..reason.clone() });
        }
    }
}

impl<'a> Guarded<'_, 'a> {
    fn passes(&self, lines: &[Line<'a>], change: &Change<'a>, code: Code) -> bool {
        let line = &lines[change.index];
        self.waivers.pass_line(line.company.identifier, line.product.identifier, code, change.after)
    }

    fn price(&self, lines: &[Line<'a>], change: &Change<'a>) -> Price {
        let waived = change.delta.is_none() && self.passes(lines, change, Code::PriceUnknown);
        if waived { Price::Waived } else { Price::Needed }
    }
}

/// Writes the way out into the reasons of held changes.
struct Releases<'r, 'g, 'a> {
    guarded: &'r Guarded<'g, 'a>,
    groups: &'r [Group],
    limits: Limits,
    /// What moves already, before this line is released.
    moving: Moving,
}

impl<'a> Releases<'_, '_, 'a> {
    fn write(&self, lines: &mut [Line<'a>], changes: &[Change<'a>]) {
        for change in changes {
            if lines[change.index].reasons.is_empty() {
                continue;
            }
            let release = self.release(lines, changes, change);
            let line = &mut lines[change.index];
            line.verdict = Verdict::Hold;
            line.terms = None;
            line.after.clear();
            line.reasons.sort_by_key(|reason| reason.code);
            if let Some(release) = release {
                for reason in &mut line.reasons {
                    reason.release = Some(release.clone());
                }
            }
        }
    }

    /// Every waiver that the line needs, its sisters' and the run's too; `None` where no waiver helps.
    fn release(&self, lines: &[Line<'a>], changes: &[Change<'a>], change: &Change<'a>) -> Option<String> {
        let alone = [change];
        let members: Vec<&Change<'a>> = match change.group {
            Some(group) => self.groups[group].changes.iter().map(|at| &changes[*at]).collect(),
            None => alone.to_vec(),
        };
        let held = |change: &&&Change<'a>| !lines[change.index].reasons.is_empty();
        let held: Vec<&Change<'a>> = members.iter().filter(held).copied().collect();
        let reasons = || held.iter().flat_map(|change| &lines[change.index].reasons);
        if reasons().any(|reason| !has_waiver(reason.code)) {
            return None;
        }
        let mut permissions = Vec::new();
        for change in &held {
            of_line(&mut permissions, &lines[change.index], change);
        }
        let codes: Vec<Code> = reasons().map(|reason| reason.code).collect();
        self.of_tenant(&mut permissions, &codes, change);
        self.of_run(&mut permissions, &held, &codes);
        Some(yaml(&permissions, self.guarded.today))
    }

    /// The run guards as they would judge with this line released.
    fn of_run(&self, permissions: &mut Vec<Permission<'a>>, held: &[&Change<'a>], codes: &[Code]) {
        let in_run = codes.contains(&Code::RunLines) || codes.contains(&Code::RunMoney);
        let more = if in_run { &[] } else { held };
        let moving = more.iter().fold(self.moving, |moving, change| moving.and(change, Price::Waived));
        if self.limits.lines_trip(moving) && !self.guarded.waivers.pass_run_lines(moving.lines) {
            permissions.push(Permission::RunLines { up_to: moving.lines });
        }
        let Some(up_to) = moving.money else { return };
        if self.limits.money_trips(moving) && !self.guarded.waivers.pass_run_money(up_to) {
            permissions.push(Permission::RunMoney { up_to });
        }
    }

    fn of_tenant(&self, permissions: &mut Vec<Permission<'a>>, codes: &[Code], change: &Change<'a>) {
        let inputs = self.guarded.inputs;
        if codes.contains(&Code::UnitShift) {
            let shifted = self.guarded.sources.iter().filter(|guard| {
                change.sources.contains(&guard.source)
                    && guard.holds.iter().any(|(_, reason)| reason.code == Code::UnitShift)
            });
            permissions.extend(shifted.map(|guard| Permission::UnitShift { source: guard.source }));
        }
        if let (true, Some(previous)) = (codes.contains(&Code::ConfigShrink), inputs.previous) {
            permissions
                .push(Permission::ConfigShrink { rows: tenant::removed_rows(previous, inputs.catalog) });
        }
        if let (true, Ancestry::Broken { last_applied }) = (codes.contains(&Code::History), inputs.ancestry) {
            permissions.push(Permission::History { commit: last_applied });
        }
    }
}

/// The waivers of one line: `to_zero` stands for all that concern its size.
fn of_line<'a>(permissions: &mut Vec<Permission<'a>>, line: &Line<'a>, change: &Change<'a>) {
    const GUARDS: [(Code, &[Code]); 4] = [
        (Code::LineChange, &[Code::LineChange]),
        (Code::LineMoney, &[Code::LineMoney, Code::PriceUnknown]),
        (Code::Window, &[Code::Window]),
        (Code::HandEdit, &[Code::HandEdit]),
    ];
    let tripped = |codes: &[Code]| line.reasons.iter().any(|reason| codes.contains(&reason.code));
    let sized = tripped(&[Code::LineChange, Code::LineMoney, Code::PriceUnknown, Code::Window]);
    let to_zero =
        tripped(&[Code::ToZero]) || (sized && change.role == Role::Falling && change.after.is_zero());
    let permission = |guard: Code| Permission::Line {
        guard,
        company: line.company.identifier,
        product: line.product.identifier,
        quantity: change.after,
    };
    if to_zero {
        permissions.push(permission(Code::ToZero));
    }
    let needed =
        GUARDS.iter().filter(|(guard, codes)| tripped(codes) && (!to_zero || *guard == Code::HandEdit));
    permissions.extend(needed.map(|(guard, _)| permission(*guard)));
}
