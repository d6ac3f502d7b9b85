//! Checks of a file as a whole.

use super::{Scope, spoken};
use crate::mapping::document::{Accounts, MappingDocument};
use crate::problem::{Code, Problem};

/// No mappings at all are a mistake of whoever reads them, and never the wish to bill nothing.
pub(super) fn say_something(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    if scope.sound && scope.files.iter().all(|file| is_empty(&file.content)) {
        let message =
            if scope.files.is_empty() { "there is no mapping file" } else { "no mapping file has an entry" };
        let hint = "an empty mapping never means that nothing is billed; take the tenant out of the settings for that";
        problems.push(Problem::error(Code::EmptyMapping, "", message).with_hint(hint));
    }
}

fn is_empty(content: &MappingDocument) -> bool {
    let MappingDocument {
        source: _,
        integration: _,
        intronis_backup_plan,
        essentials_service,
        content_shield_plus_services,
        metered,
        cross_references,
        accounts,
        pins,
        waivers,
        policy,
    } = content;
    let no_rows = intronis_backup_plan.is_empty()
        && essentials_service.is_empty()
        && content_shield_plus_services.is_empty()
        && metered.is_empty();
    let no_accounts =
        accounts.as_ref().is_none_or(|Accounts { link, ignore }| link.is_empty() && ignore.is_empty());
    no_rows
        && no_accounts
        && cross_references.is_empty()
        && pins.is_empty()
        && waivers.is_empty()
        && policy.is_none()
}

/// Two policies would leave it to the order of files which one counts.
pub(super) fn one_policy(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    let Some((first, others)) = scope.draft.policies.split_first() else { return };
    for other in others {
        let message = format!("there is a policy already, in {}", spoken(&first.key_place()));
        let problem = Problem::error(Code::DuplicatePolicy, "policy", message).at(other.key_place());
        problems.push(problem.with_hint("keep one of them"));
    }
}

/// A level is looked up in ConnectWise or in git, not in both.
pub(super) fn one_table(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    for file in scope.files {
        let root = file.document.root();
        if file.content.integration.is_some() && root.has("cross_references") {
            let message =
                "this file names an integration, whose table is in ConnectWise, and declares a table itself";
            let place = root.key("cross_references").key_place();
            let problem =
                Problem::error(Code::IntegrationAndCrossReferences, "cross_references", message).at(place);
            problems.push(problem.with_hint("leave one out, or declare the table in another file"));
        }
    }
}

/// The sections that are about one usage source.
const OF_A_SOURCE: [&str; 6] = [
    "intronis_backup_plan",
    "essentials_service",
    "content_shield_plus_services",
    "metered",
    "cross_references",
    "accounts",
];

/// Rows without a source would read nothing, or everything.
pub(super) fn source_is_named(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    for file in scope.files.iter().filter(|file| file.content.source.is_none() && !file.source_told) {
        let root = file.document.root();
        let Some(section) = root.keys().find(|key| OF_A_SOURCE.contains(key)) else { continue };
        let message = format!("the file has {section} and names no source");
        let place = root.key(section).key_place();
        let problem = Problem::error(Code::MissingSource, "source", message).at(place);
        problems.push(problem.with_hint("write \"source\" with the name of a usage source of the settings"));
    }
}

/// What a mapping may not say, by how it begins or what it holds. Addresses and secrets stay with the operator, and
/// nothing is filled in: what a reviewer reads is what counts.
const FOREIGN: [(&str, &str); 8] = [
    ("://", "an address"),
    ("${", "a variable"),
    ("$(", "a command"),
    ("{{", "a template"),
    ("{%", "a template"),
    ("<%", "a template"),
    ("../", "a path"),
    ("..\\", "a path"),
];

/// No value may name a host, file, variable or command.
pub(super) fn no_foreign_text(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    for file in scope.files {
        for (text, node) in file.document.texts() {
            let Some((_, what)) = FOREIGN.iter().find(|(sign, _)| text.contains(sign)) else { continue };
            let message = format!("{what} stands here; a mapping holds names, numbers and sentences");
            let problem = Problem::error(Code::ForeignText, "", message).at(node.place());
            problems.push(problem.with_hint("write the name itself"));
        }
    }
}
