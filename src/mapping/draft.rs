//! All files together, before they are checked: what the catalog will hold, each entry with the text it came from.
//!
//! Decides which file's `source` and table an entry belongs to. Refuses nothing: what cannot be resolved is left out
//! here and told by a check.

use std::sync::Arc;

use super::document::{Accounts, FreezeEntry, MappingDocument, WaiverEntry};
use super::service::MappingRow;
use super::{Catalog, DeclaredCrossReference, Ignore, Link, Pin, Policy, Row, Table};
use super::{fill, waiver};
use crate::billing::Quantity;
use crate::yaml::{Document, Node};

/// A file as read.
pub(super) struct ReadFile {
    /// Its text.
    pub(super) document: Document,
    /// What it says, as far as it is sound.
    pub(super) content: MappingDocument,
    /// Whether something is wrong with its `source` and was told.
    pub(super) source_told: bool,
}

/// An entry and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Found<'a, T> {
    pub(super) value: T,
    pub(super) node: Node<'a>,
}

/// What all files say. Every list is sorted by place.
pub(super) struct Draft<'a> {
    pub(super) rows: Vec<Found<'a, Row>>,
    pub(super) cross_references: Vec<Found<'a, DeclaredCrossReference>>,
    pub(super) links: Vec<Found<'a, Link>>,
    pub(super) ignores: Vec<Found<'a, Ignore>>,
    pub(super) pins: Vec<Found<'a, Pin>>,
    pub(super) waivers: Vec<Found<'a, &'a WaiverEntry>>,
    pub(super) freezes: Vec<Found<'a, &'a FreezeEntry>>,
    /// The policy sections of all files; there should be one.
    pub(super) policies: Vec<Node<'a>>,
    /// The policy of the first, defaults filled in.
    pub(super) policy: Policy,
}

impl<'a> Draft<'a> {
    /// The draft of some files, which are sorted by name.
    pub(super) fn of(files: &'a [ReadFile]) -> Self {
        let written = files.iter().find_map(|file| file.content.policy.as_ref());
        let mut draft = Self {
            rows: Vec::new(),
            cross_references: Vec::new(),
            links: Vec::new(),
            ignores: Vec::new(),
            pins: Vec::new(),
            waivers: Vec::new(),
            freezes: Vec::new(),
            policies: Vec::new(),
            policy: written.map(fill::policy).unwrap_or_default(),
        };
        for file in files {
            draft.add(file);
        }
        draft.sort();
        draft
    }

    /// Files come in order and entries within a section too; only the sections of one file may stand in any order.
    fn sort(&mut self) {
        let Self { rows, cross_references, links, ignores, pins, waivers, freezes, policies: _, policy: _ } =
            self;
        rows.sort_by(|one, other| one.value.place.cmp(&other.value.place));
        cross_references.sort_by(|one, other| one.value.place.cmp(&other.value.place));
        links.sort_by(|one, other| one.value.place.cmp(&other.value.place));
        ignores.sort_by(|one, other| one.value.place.cmp(&other.value.place));
        pins.sort_by(|one, other| one.value.place.cmp(&other.value.place));
        waivers.sort_by_cached_key(|waiver| waiver.node.place());
        freezes.sort_by_cached_key(|freeze| freeze.node.place());
    }

    fn add(&mut self, file: &'a ReadFile) {
        let root = file.document.root();
        let content = &file.content;
        if let Some(source) = content.source.as_ref().map(|name| &name.0) {
            let table = match &content.integration {
                Some(name) => Table::Integration(name.0.clone()),
                None => Table::Git,
            };
            let mut rows = Rows { found: &mut self.rows, policy: &self.policy, source, table };
            rows.add(root.key("intronis_backup_plan"), &content.intronis_backup_plan);
            rows.add(root.key("essentials_service"), &content.essentials_service);
            rows.add(root.key("content_shield_plus_services"), &content.content_shield_plus_services);
            rows.add(root.key("metered"), &content.metered);
            self.add_cross_references(root.key("cross_references"), content, source);
            self.add_accounts(root.key("accounts"), content.accounts.as_ref(), source);
        }
        self.add_pins(root.key("pins"), content);
        let waivers = root.key("waivers");
        self.waivers.extend(found(waivers, &content.waivers));
        if let Some(policy) = &content.policy {
            self.policies.push(root.key("policy"));
            self.freezes.extend(found(root.key("policy").key("freeze"), &policy.freeze));
        }
    }

    fn add_cross_references(&mut self, section: Node<'a>, content: &MappingDocument, source: &Arc<str>) {
        for Found { value: entry, node } in found(section, &content.cross_references) {
            let value = DeclaredCrossReference {
                place: node.place(),
                source: source.clone(),
                vendor_type: entry.vendor_type.0.clone(),
                level: entry.level.0.clone(),
                agreement_type: entry.agreement_type.0.clone(),
                product: entry.product.0.clone(),
            };
            self.cross_references.push(Found { value, node });
        }
    }

    fn add_accounts(&mut self, section: Node<'a>, accounts: Option<&Accounts>, source: &Arc<str>) {
        let Some(Accounts { link, ignore }) = accounts else { return };
        for Found { value: entry, node } in found(section.key("link"), link) {
            let value = Link {
                place: node.place(),
                source: source.clone(),
                account: entry.account.0.clone(),
                company: entry.company.0.clone(),
                agreement: entry.agreement.as_ref().map(|name| name.0.clone()),
            };
            self.links.push(Found { value, node });
        }
        for Found { value: entry, node } in found(section.key("ignore"), ignore) {
            let value = Ignore {
                place: node.place(),
                source: source.clone(),
                account: entry.account.0.clone(),
                reason: entry.reason.0.to_string(),
                until: entry.until.map(|day| day.0),
            };
            self.ignores.push(Found { value, node });
        }
    }

    fn add_pins(&mut self, section: Node<'a>, content: &MappingDocument) {
        for Found { value: entry, node } in found(section, &content.pins) {
            let value = Pin {
                place: node.place(),
                company: entry.company.0.clone(),
                product: entry.product.0.clone(),
                quantity: Quantity::new(entry.quantity.0),
                reason: entry.reason.0.to_string(),
                until: entry.until.0,
            };
            self.pins.push(Found { value, node });
        }
    }

    /// The catalog. Waivers that are incomplete are left out; a check has told of them.
    pub(super) fn into_catalog(self) -> Catalog {
        fn values<T>(found: Vec<Found<'_, T>>) -> Vec<T> {
            found.into_iter().map(|found| found.value).collect()
        }
        Catalog {
            rows: values(self.rows),
            cross_references: values(self.cross_references),
            links: values(self.links),
            ignores: values(self.ignores),
            pins: values(self.pins),
            waivers: self.waivers.iter().filter_map(waiver::waiver).collect(),
            policy: self.policy,
            policy_place: self.policies.first().map(|policy| policy.place()),
        }
    }
}

/// The entries of a list, each with its node.
fn found<'a, 'e, T>(section: Node<'a>, entries: &'e [T]) -> impl Iterator<Item = Found<'a, &'e T>> {
    entries.iter().enumerate().map(move |(index, value)| Found { value, node: section.item(index) })
}

/// Collects the rows of one file.
struct Rows<'a, 'd> {
    found: &'d mut Vec<Found<'a, Row>>,
    policy: &'d Policy,
    source: &'d Arc<str>,
    table: Table,
}

impl<'a> Rows<'a, '_> {
    fn add<R: MappingRow>(&mut self, section: Node<'a>, rows: &[R]) {
        for Found { value: row, node } in found(section, rows) {
            let value = Row {
                place: node.place(),
                source: self.source.clone(),
                table: self.table.clone(),
                subject: row.subject(self.policy, node.key("expect").place()),
                level: row.level().0.clone(),
                level_place: node.key("level").place(),
                rounding: fill::rounding(row.rounding(), self.policy.rounding),
                combine_sum: row.combines(),
                guards: fill::line_guards(row.guards(), self.policy.guards.line),
            };
            self.found.push(Found { value, node });
        }
    }
}
