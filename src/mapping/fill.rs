//! Fills in what a document leaves out: defaults for the policy, the policy for rows.
//!
//! A part that is written replaces exactly that part: `floor: 3` keeps the percentage it stands beside.

use std::collections::BTreeMap;

use super::document::{
    ChangePart, CustomField, FreezeEntry, GuardsSection, LimitPart, LineGuardsPart, LinkSection,
    PolicySection, RoundingPart, Statuses,
};
use super::{ChangeLimits, Freeze, Guards, Limit, LineGuards, LinkPolicy, Policy, StatusPolicy};
use crate::billing::Rounding;
use crate::usage::AccountStatus;

/// The policy of a section.
pub(super) fn policy(section: &PolicySection) -> Policy {
    let PolicySection {
        mode,
        suspend,
        missing_addition,
        undesired,
        hand_edit,
        statuses,
        link,
        gigabyte,
        rounding,
        guards,
        freeze,
    } = section;
    let default = Policy::default();
    Policy {
        mode: mode.unwrap_or(default.mode),
        suspend: suspend.unwrap_or(default.suspend),
        missing_addition: missing_addition.unwrap_or(default.missing_addition),
        undesired: undesired.unwrap_or(default.undesired),
        hand_edit: hand_edit.unwrap_or(default.hand_edit),
        statuses: self::statuses(statuses.as_ref(), default.statuses),
        link: self::link(link.as_ref(), default.link),
        gigabyte: gigabyte.unwrap_or(default.gigabyte),
        rounding: self::rounding(rounding.unwrap_or_default(), default.rounding),
        guards: self::guards(guards.as_ref(), default.guards),
        freeze: freeze.iter().map(self::freeze).collect(),
    }
}

fn statuses(
    part: Option<&Statuses>,
    mut statuses: BTreeMap<AccountStatus, StatusPolicy>,
) -> BTreeMap<AccountStatus, StatusPolicy> {
    let Some(Statuses { active, test, frozen, canceled }) = part else { return statuses };
    let written = [
        (AccountStatus::Active, active),
        (AccountStatus::Test, test),
        (AccountStatus::Frozen, frozen),
        (AccountStatus::Canceled, canceled),
    ];
    statuses.extend(written.into_iter().filter_map(|(status, policy)| Some((status, (*policy)?))));
    statuses
}

fn link(part: Option<&LinkSection>, default: LinkPolicy) -> LinkPolicy {
    let Some(LinkSection { custom_field, company_identifier }) = part else { return default };
    LinkPolicy {
        custom_field: match custom_field {
            None => default.custom_field,
            Some(CustomField::Off) => None,
            Some(CustomField::Caption(caption)) => Some(caption.0.clone()),
        },
        company_identifier: company_identifier.unwrap_or(default.company_identifier),
    }
}

fn guards(part: Option<&GuardsSection>, default: Guards) -> Guards {
    let Some(GuardsSection { line_change, line_money, run_lines, run_money, usage_stale, usage_incomplete }) =
        part
    else {
        return default;
    };
    let line = LineGuardsPart { line_change: *line_change, line_money: *line_money };
    let mut incomplete = default.usage_incomplete;
    if let Some(part) = usage_incomplete {
        incomplete.percent = part.percent.map_or(incomplete.percent, |exact| exact.0.normalize());
        incomplete.accounts = part.accounts.unwrap_or(incomplete.accounts);
    }
    Guards {
        line: line_guards(line, default.line),
        run_lines: limit(*run_lines, default.run_lines),
        run_money: limit(*run_money, default.run_money),
        usage_stale_hours: usage_stale.and_then(|part| part.hours).unwrap_or(default.usage_stale_hours),
        usage_incomplete: incomplete,
    }
}

fn freeze(entry: &FreezeEntry) -> Freeze {
    let FreezeEntry { days_of_month, from, to, timezone } = entry;
    let mut days_of_month = days_of_month.clone();
    days_of_month.sort_unstable();
    days_of_month.dedup();
    Freeze { days_of_month, from: from.0, to: to.0, timezone: timezone.0.clone() }
}

/// A row's line guards over the policy's.
pub(super) fn line_guards(part: LineGuardsPart, default: LineGuards) -> LineGuards {
    let LineGuardsPart { line_change, line_money } = part;
    let ChangePart { decrease, increase } = line_change.unwrap_or_default();
    LineGuards {
        line_change: ChangeLimits {
            decrease: limit(decrease, default.line_change.decrease),
            increase: limit(increase, default.line_change.increase),
        },
        line_money: limit(line_money, default.line_money),
    }
}

fn limit(part: Option<LimitPart>, default: Limit) -> Limit {
    let LimitPart { floor, percent } = part.unwrap_or_default();
    Limit {
        floor: floor.map_or(default.floor, |exact| exact.0.normalize()),
        percent: percent.map_or(default.percent, |exact| exact.0.normalize()),
    }
}

/// A row's rounding over the policy's.
pub(super) fn rounding(part: RoundingPart, default: Rounding) -> Rounding {
    let RoundingPart { mode, decimals } = part;
    Rounding { mode: mode.unwrap_or(default.mode), decimals: decimals.unwrap_or(default.decimals) }
}
