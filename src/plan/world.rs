//! A small tenant for tests of the plan: everything in step, with ways to change one thing.
//!
//! Desired lines are made by hand, so that the plan is tested apart from how numbers come about.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::guard::tenant::tests::row;
use super::{Ancestry, History, Inputs, Line, Plan, draw_lines};
use crate::billing::{
    Addition, AdditionId, Agreement, AgreementId, AgreementStatus, AgreementTypeId, BillCustomer, Company,
    CompanyId, LineKey, LineRecord, Money, Product, ProductId, Quantity, View,
};
use crate::desired::{Derivation, Desired, DesiredLine, Found, LinkedBy, MappingPlace, Want, terms};
use crate::mapping::{Catalog, Row, UsageValue, Waiver, WaiverGuard};
use crate::problem::{Code, Place, Reason, Span};
use crate::usage::{Account, AccountKind, AccountStatus, Measured, Metric, SourceReading, UsageSnapshot};

/// The tenant.
pub(super) struct World {
    pub(super) catalog: Catalog,
    pub(super) previous: Option<Catalog>,
    pub(super) ancestry: Ancestry,
    pub(super) view: View,
    pub(super) history: History,
    pub(super) usage: Vec<SourceReading>,
    pub(super) now: Timestamp,
    pub(super) commit: &'static str,
    specs: Vec<Spec>,
    row: Row,
}

/// A desired line to be.
pub(super) struct Spec {
    company: usize,
    agreement: usize,
    product: ProductId,
    identifier: &'static str,
    addition: Option<AdditionId>,
    pub(super) types: Vec<&'static str>,
    pub(super) want: Want,
    pub(super) desired: Option<Quantity>,
    pub(super) scale: u32,
    pub(super) reasons: Vec<Reason>,
    pub(super) usage_value: UsageValue,
    pub(super) used_bytes: Decimal,
    pub(super) row: Option<usize>,
}

pub(super) fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub(super) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn place() -> Place {
    Place { file: "mappings/a.yaml".into(), line: 3, column: 5, span: Span::default() }
}

impl World {
    /// One line in step: acme's BKP-GB bills 100 at 1 a unit, and 100 is desired and was last written.
    pub(super) fn in_step() -> Self {
        let usage =
            snapshot("2026-11-22T03:00:00Z", (0..10).map(|number| account(number, 1 << 30)).collect());
        let world = Self {
            catalog: Catalog::default(),
            previous: None,
            ancestry: Ancestry::Unknown,
            view: View::default(),
            history: History::default(),
            usage: vec![SourceReading::Read(usage)],
            now: time("2026-11-22T09:00:00Z"),
            commit: "c0ffee",
            specs: Vec::new(),
            row: row("Gold"),
        };
        world.line("acme", "BKP-GB", "100", "100")
    }

    /// One line more, last written by us as it stands, at a price of 1.
    pub(super) fn line(self, company: &str, product: &'static str, current: &str, desired: &str) -> Self {
        let mut world = self.missing(company, product, desired);
        let id = i64::try_from(world.specs.len()).unwrap();
        let spec = world.specs.last_mut().unwrap();
        spec.addition = Some(AdditionId(id));
        let addition = Addition {
            id: AdditionId(id),
            agreement: world.view.agreements[spec.agreement].id,
            product: spec.product,
            product_identifier: product.into(),
            quantity: Some(quantity(current)),
            less_included: None,
            unit_price: Some(money("1")),
            unit: None,
            bill_customer: BillCustomer::Billable,
            effective: None,
            cancelled: None,
            status: AgreementStatus::Active,
            last_updated: None,
            updated_by: None,
        };
        world.view.additions.push(addition);
        world.wrote(company, product, current)
    }

    /// One line more that has no addition.
    pub(super) fn missing(mut self, company: &str, product: &'static str, desired: &str) -> Self {
        let (company, agreement) = self.company(company);
        let product = self.product(product);
        let spec = Spec {
            company,
            agreement,
            product: self.view.products[product.0].id,
            identifier: product.1,
            addition: None,
            types: vec!["BackupUsage"],
            want: Want::Wanted,
            desired: Some(quantity(desired)),
            scale: 2,
            reasons: Vec::new(),
            usage_value: UsageValue::Total,
            used_bytes: Decimal::from(1_u64 << 30),
            row: None,
        };
        self.specs.push(spec);
        self
    }

    fn company(&mut self, identifier: &str) -> (usize, usize) {
        let known = self.view.companies.iter().position(|company| *company.identifier == *identifier);
        if let Some(index) = known {
            return (index, index);
        }
        let id = i64::try_from(self.view.companies.len()).unwrap() + 1;
        let (identifier, name) = (identifier.into(), identifier.into());
        let company =
            Company { id: CompanyId(id), identifier, name, deleted: false, custom_fields: Vec::new() };
        self.view.companies.push(company);
        self.view.agreements.push(agreement(id, id));
        (self.view.companies.len() - 1, self.view.agreements.len() - 1)
    }

    fn product(&mut self, identifier: &'static str) -> (usize, &'static str) {
        let known = self.view.products.iter().position(|product| *product.identifier == *identifier);
        let index = known.unwrap_or_else(|| {
            let id = i64::try_from(self.view.products.len()).unwrap() + 1;
            let (id, price) = (ProductId(id), Some(money("1")));
            self.view.products.push(Product { id, identifier: identifier.into(), price, inactive: false });
            self.view.products.len() - 1
        });
        (index, identifier)
    }

    /// Moves the last line to an agreement of its own, of the same company.
    pub(super) fn on_another_agreement(mut self) -> Self {
        let spec = self.specs.last_mut().unwrap();
        let id = i64::try_from(self.view.agreements.len()).unwrap() + 100;
        self.view.agreements.push(agreement(id, self.view.companies[spec.company].id.0));
        spec.agreement = self.view.agreements.len() - 1;
        self
    }

    /// Changes a desired line.
    pub(super) fn with(mut self, company: &str, product: &str, change: impl FnOnce(&mut Spec)) -> Self {
        let index = self.index(company, product);
        change(&mut self.specs[index]);
        self
    }

    /// Changes what ConnectWise has.
    pub(super) fn addition(
        mut self,
        company: &str,
        product: &str,
        change: impl FnOnce(&mut Addition),
    ) -> Self {
        let id = self.specs[self.index(company, product)].addition;
        change(self.view.additions.iter_mut().find(|addition| Some(addition.id) == id).unwrap());
        self
    }

    /// Changes what the journal remembers.
    pub(super) fn record(
        mut self,
        company: &str,
        product: &str,
        change: impl FnOnce(&mut LineRecord),
    ) -> Self {
        let key = self.key(company, product);
        change(self.history.records.get_mut(&key).unwrap());
        self
    }

    /// The journal remembers that we wrote that much.
    pub(super) fn wrote(mut self, company: &str, product: &str, written: &str) -> Self {
        let key = self.key(company, product);
        let record = LineRecord {
            addition: self.specs[self.index(company, product)].addition,
            last_written: Some(quantity(written)),
            written_at: self.now,
            commit: self.commit.into(),
            terms: self.terms(company, product).into(),
            recent_writes: Vec::new(),
            foreign_changes: Vec::new(),
            open_intent: None,
            diverged: false,
            adopted: None,
            guarded: None,
            unlanded: Vec::new(),
        };
        self.history.records.insert(key, record);
        self
    }

    fn terms(&self, company: &str, product: &str) -> String {
        let line = self.desired_line(&self.specs[self.index(company, product)]);
        terms(&line.derivation, self.catalog.policy.gigabyte)
    }

    /// The journal knows nothing of it.
    pub(super) fn never_wrote(mut self, company: &str, product: &str) -> Self {
        let key = self.key(company, product);
        self.history.records.remove(&key);
        self
    }

    /// A waiver of a line, in force.
    pub(super) fn waiver(self, guard: Code, company: &str, product: &str, quantity: Option<&str>) -> Self {
        let quantity = quantity.map(|text| text.parse().unwrap());
        self.permit(WaiverGuard::Line { guard, company: company.into(), product: product.into(), quantity })
    }

    /// Any waiver, in force.
    pub(super) fn permit(mut self, guard: WaiverGuard) -> Self {
        let until = "2026-12-01".parse().unwrap();
        self.catalog.waivers.push(Waiver { place: place(), guard, reason: "ticket 1".to_owned(), until });
        self
    }

    /// Another snapshot.
    pub(super) fn usage(mut self, change: impl FnOnce(&mut UsageSnapshot)) -> Self {
        let Some(SourceReading::Read(snapshot)) = self.usage.first_mut() else {
            panic!("the source was read")
        };
        change(snapshot);
        self
    }

    pub(super) fn key(&self, company: &str, product: &str) -> LineKey {
        let spec = &self.specs[self.index(company, product)];
        LineKey { agreement: self.view.agreements[spec.agreement].id, product: spec.product }
    }

    fn index(&self, company: &str, product: &str) -> usize {
        let fits = |spec: &Spec| {
            *self.view.companies[spec.company].identifier == *company && spec.identifier == product
        };
        self.specs.iter().rposition(fits).expect("the line was made")
    }

    pub(super) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            tenant: "example-msp",
            commit: self.commit,
            catalog: &self.catalog,
            previous: self.previous.as_ref(),
            ancestry: &self.ancestry,
            noted: &[],
            usage: &self.usage,
            view: &self.view,
            history: &self.history,
            now: self.now,
        }
    }

    /// Draws the plan.
    pub(super) fn plan(&self) -> Plan<'_> {
        let mut lines: Vec<_> = self.specs.iter().map(|spec| self.desired_line(spec)).collect();
        lines.sort_by_key(|line| (&*line.company.identifier, line.agreement.id, line.product_identifier));
        draw_lines(&self.inputs(), Desired { lines, problems: Vec::new() })
    }

    fn desired_line<'a>(&'a self, spec: &'a Spec) -> DesiredLine<'a> {
        let found = self.view.additions.iter().find(|addition| Some(addition.id) == spec.addition);
        let wanted = spec.want == Want::Wanted;
        DesiredLine {
            company: &self.view.companies[spec.company],
            agreement: &self.view.agreements[spec.agreement],
            agreement_type: "Barracuda Backup",
            product: spec.product,
            product_identifier: spec.identifier,
            addition: found.map_or(Found::Nothing, Found::One),
            types: spec.types.clone(),
            sources: vec!["intronis"],
            want: spec.want,
            desired: spec.desired,
            scale: spec.scale,
            derivation: spec
                .types
                .iter()
                .filter(|_| wanted)
                .map(|name| self.derivation(spec, name))
                .collect(),
            reasons: spec.reasons.clone(),
            notes: Vec::new(),
            row: spec.row.map(|row| &self.catalog.rows[row]),
        }
    }

    fn derivation<'a>(&'a self, spec: &'a Spec, vendor_type: &'a str) -> Derivation<'a> {
        Derivation {
            account: "account",
            base_bytes: None,
            cross_reference: None,
            included: None,
            level: "Gold",
            link: LinkedBy::CustomField,
            mapping: MappingPlace { file: "mappings/a.yaml", line: 6 },
            measured: None,
            plan: None,
            rounded: spec.desired,
            source: "intronis",
            vendor_type,
            usage_value: Some(spec.usage_value),
            used_bytes: Some(spec.used_bytes),
            row: Some(&self.row),
        }
    }
}

fn agreement(id: i64, company: i64) -> Agreement {
    Agreement {
        id: AgreementId(id),
        name: "Backup".into(),
        agreement_type: AgreementTypeId(1),
        company: CompanyId(company),
        parent: None,
        start: None,
        end: None,
        no_ending_date: true,
        cancelled: false,
        status: AgreementStatus::Active,
        bill_start: None,
        next_invoice: None,
    }
}

/// A complete snapshot of the source.
pub(super) fn snapshot(as_of: &str, accounts: Vec<Account>) -> UsageSnapshot {
    UsageSnapshot {
        source: "intronis".into(),
        as_of: time(as_of),
        complete: true,
        accounts,
        reports_seats: false,
        digest: "sha256:00".to_owned(),
        problems: Vec::new(),
    }
}

/// An account that uses so many bytes.
pub(super) fn account(number: u64, bytes: u64) -> Account {
    Account {
        username: format!("account{number:04}").into(),
        name: "".into(),
        kind: AccountKind::Account,
        status: AccountStatus::Active,
        plan: None,
        metrics: vec![(Metric::BackupUsage, Measured::Size(crate::billing::Size::Bytes(bytes)))],
        seats: Vec::new(),
        rejected: None,
    }
}

/// A line of a plan, by name.
pub(super) fn line<'p, 'a>(plan: &'p Plan<'a>, company: &str, product: &str) -> &'p Line<'a> {
    let named = |line: &&Line<'_>| line.company.identifier == company && line.product.identifier == product;
    plan.lines.iter().find(named).expect("the plan has the line")
}

/// Why a line is held.
pub(super) fn held(plan: &Plan<'_>, company: &str, product: &str) -> Vec<Code> {
    line(plan, company, product).reasons.iter().map(|reason| reason.code).collect()
}

/// The codes of a plan's problems.
pub(super) fn told(plan: &Plan<'_>) -> Vec<Code> {
    plan.problems.iter().map(|problem| problem.code).collect()
}
