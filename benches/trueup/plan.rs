//! The pure part: from parsed input to rendered JSON, for ten thousand to a million lines.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;
use trueup::billing::{
    Addition, AdditionId, Agreement, AgreementId, AgreementStatus, AgreementType, AgreementTypeId,
    BillCustomer, Company, CompanyId, CustomField, LineRecords, Money, Product, ProductId, Quantity,
    Rounding, Size, View,
};
use trueup::mapping::{
    Catalog, DeclaredCrossReference, Expectation, Limit, LineGuards, PlanSelector, Policy, Row, Subject,
    Table, UsageValue,
};
use trueup::plan::{Ancestry, History, Inputs, Show, draw, write_json};
use trueup::problem::{Place, Span};
use trueup::usage::{
    Account, AccountKind, AccountStatus, BackupPlan, Base, Measured, Metric, SourceReading, UsageSnapshot,
};

use super::measure::{Effort, Taken, row, time};

const TYPES: [&str; 5] =
    ["BackupUsage", "LocalBackup", "ImageLicensing", "Hyper-VHostLicensing", "VMwareHostLicensing"];

/// Measures plans of 10,000, 100,000 and 1,000,000 lines, or of those whose name is wanted.
pub fn measure(effort: Effort, wanted: impl Fn(&str) -> bool) {
    let mut smallest: Option<(usize, Taken)> = None;
    for full in [10_000, 100_000, 1_000_000] {
        let lines = effort.size(full);
        if !wanted(&format!("plan {full} lines")) {
            continue;
        }
        let world = World::of(lines);
        let sort = time(effort, || world.yardstick());
        let changes = time(effort, || world.plan(Show::Changes));
        row(&format!("plan {lines} lines, changes as JSON"), &changes, Some(("sorting as many keys", &sort)));
        let all = time(effort, || world.plan(Show::All));
        row(&format!("plan {lines} lines, all as JSON"), &all, Some(("sorting as many keys", &sort)));
        if let Some((few, taken)) = &smallest {
            let size = lines as f64 * (lines as f64).log2() / (*few as f64 * (*few as f64).log2());
            let growth =
                |of: fn(&Taken) -> Duration| of(&changes).as_secs_f64() / of(taken).as_secs_f64() / size;
            println!(
                "{:<44} {:>10.2} {:>10.2} times n log n",
                format!("  growth from {few}"),
                growth(|taken| taken.median),
                growth(|taken| taken.first),
            );
        } else {
            smallest = Some((lines, changes));
        }
    }
}

/// A tenant in which every fifth line moves a little.
struct World {
    catalog: Catalog,
    usage: Vec<SourceReading>,
    view: View,
    history: History,
}

impl World {
    fn of(lines: usize) -> Self {
        let accounts = lines / TYPES.len();
        Self {
            catalog: catalog(),
            usage: vec![SourceReading::Read(snapshot(accounts))],
            view: view(accounts),
            history: History { records: LineRecords::default(), ..History::default() },
        }
    }

    /// Never inlined, so that a profiler can count the instructions of this alone.
    #[inline(never)]
    fn plan(&self, show: Show) -> usize {
        let inputs = Inputs {
            tenant: "bench",
            commit: "0000000",
            catalog: &self.catalog,
            previous: None,
            ancestry: &Ancestry::Unknown,
            noted: &[],
            usage: &self.usage,
            view: &self.view,
            history: &self.history,
            now: now(),
        };
        let plan = draw(&inputs);
        let mut sink = Counted(0);
        write_json(&plan, show, &mut sink).expect("a counter takes everything");
        sink.0
    }

    /// Sorting as many (agreement, product) keys with their quantities: the least a comparison costs. They come
    /// scattered, because a sort that meets a finished order only walks along it.
    fn yardstick(&self) -> usize {
        let additions = &self.view.additions;
        let scattered = (0..additions.len()).map(|index| &additions[index * SCATTER % additions.len()]);
        let mut keys: Vec<(i64, i64, Option<Quantity>)> =
            scattered.map(|a| (a.agreement.0, a.product.0, a.quantity)).collect();
        keys.sort_unstable();
        keys.len()
    }
}

/// A prime, so that its multiples visit every index once.
const SCATTER: usize = 999_983;

/// Counts what is written, so that no disk is measured.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().expect("it is a time")
}

fn place(line: u32) -> Place {
    Place { file: "mappings/backup.yaml".into(), line, column: 1, span: Span::default() }
}

fn catalog() -> Catalog {
    let source: Arc<str> = "intronis".into();
    let unlimited = Limit { floor: Decimal::from(100_000_000), percent: Decimal::ONE_HUNDRED };
    let mut policy = Policy::default();
    policy.guards.run_lines = unlimited;
    policy.guards.run_money = unlimited;
    let products = ["BKP-GB", "BKP-LOCAL", "BKP-IMAGE", "BKP-HYPERV", "BKP-VMWARE"];
    Catalog {
        rows: vec![Row {
            place: place(4),
            source: source.clone(),
            table: Table::Git,
            subject: Subject::Plan {
                plan: PlanSelector::All,
                usage_value: UsageValue::Total,
                expect: Expectation::default(),
            },
            level: "Gold".into(),
            level_place: place(5),
            rounding: Rounding::DEFAULT,
            combine_sum: false,
            guards: LineGuards::default(),
        }],
        cross_references: (20..)
            .zip(TYPES.iter().zip(products))
            .map(|(line, (vendor_type, product))| DeclaredCrossReference {
                place: place(line),
                source: source.clone(),
                vendor_type: (*vendor_type).into(),
                level: "Gold".into(),
                agreement_type: "Backup".into(),
                product: product.into(),
            })
            .collect(),
        policy,
        ..Catalog::default()
    }
}

fn snapshot(accounts: usize) -> UsageSnapshot {
    let plan = BackupPlan { name: Some("Gold Monthly".into()), base: Base::Unlimited };
    let account = |number: usize| Account {
        username: format!("account-{number:07}").into(),
        name: format!("Customer {number}").into(),
        kind: AccountKind::Account,
        status: AccountStatus::Active,
        plan: Some(plan.clone()),
        metrics: vec![
            (Metric::BackupUsage, Measured::Size(Size::Bytes(used_gigabytes(number) << 30))),
            (Metric::LocalBackup, Measured::Count(4)),
            (Metric::ImageLicensing, Measured::Count(2)),
            (Metric::HyperVHostLicensing, Measured::Count(1)),
            (Metric::VMwareHostLicensing, Measured::Count(3)),
        ],
        seats: Vec::new(),
        rejected: None,
    };
    UsageSnapshot {
        source: "intronis".into(),
        as_of: "2026-11-22T03:00:00Z".parse().expect("it is a time"),
        complete: true,
        accounts: (0..accounts).map(account).collect(),
        reports_seats: false,
        digest: "sha256:bench".to_owned(),
        problems: Vec::new(),
    }
}

fn used_gigabytes(number: usize) -> u64 {
    100 + (number % 400) as u64
}

fn view(accounts: usize) -> View {
    let products: BTreeMap<i64, Arc<str>> =
        (31..).zip(["BKP-GB", "BKP-LOCAL", "BKP-IMAGE", "BKP-HYPERV", "BKP-VMWARE"].map(Arc::from)).collect();
    let caption: Arc<str> = "echo_username".into();
    View {
        companies: (0..accounts)
            .map(|number| Company {
                id: CompanyId(number as i64),
                identifier: format!("Company{number:07}").into(),
                name: format!("Customer {number}").into(),
                deleted: false,
                custom_fields: vec![CustomField {
                    caption: caption.clone(),
                    value: Some(format!("account-{number:07}").into()),
                }],
            })
            .collect(),
        agreement_types: vec![AgreementType { id: AgreementTypeId(7), name: "Backup".into() }],
        agreements: (0..accounts).map(agreement).collect(),
        additions: (0..accounts).flat_map(|number| additions(number, &products)).collect(),
        products: products
            .iter()
            .map(|(id, identifier)| Product {
                id: ProductId(*id),
                identifier: identifier.clone(),
                price: Some(Money::new(Decimal::new(45, 2))),
                inactive: false,
            })
            .collect(),
        ..View::default()
    }
}

fn agreement(number: usize) -> Agreement {
    Agreement {
        id: AgreementId(number as i64),
        name: "Backup".into(),
        agreement_type: AgreementTypeId(7),
        company: CompanyId(number as i64),
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

/// The lines of one customer: its gigabytes were one fewer, everything else is in step.
fn additions(number: usize, products: &BTreeMap<i64, Arc<str>>) -> Vec<Addition> {
    let quantities = [used_gigabytes(number) - 1, 4, 2, 1, 3];
    products
        .iter()
        .zip(quantities)
        .map(|((product, identifier), quantity)| Addition {
            id: AdditionId(number as i64 * 10 + product),
            agreement: AgreementId(number as i64),
            product: ProductId(*product),
            product_identifier: identifier.clone(),
            quantity: Some(quantity.into()),
            less_included: None,
            unit_price: Some(Money::new(Decimal::new(45, 2))),
            unit: None,
            bill_customer: BillCustomer::Billable,
            effective: None,
            cancelled: None,
            status: AgreementStatus::Active,
            last_updated: None,
            updated_by: None,
        })
        .collect()
}
