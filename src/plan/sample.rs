//! A plan to render in tests: the one that a reader of the manual sees, with one line of every verdict.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    AdditionRef, AgreementRef, Cause, CompanyRef, Line, Plan, ProductRef, Summary, UsageRef, Verdict,
};
use crate::billing::{AdditionId, AgreementId, CompanyId, CrossReferenceId, Money, ProductId, Quantity};
use crate::desired::{Derivation, LinkedBy, MappingPlace};
use crate::mapping::UsageValue;
use crate::problem::{Code, Place, Problem, Reason, Span};

pub(super) const WAIVER: &str = "\
waivers:
  - guard: to_zero
    company: Northwind
    product: BKP-GB
    reason: \"why this is right\"
    until: 2026-12-15
";

/// The plan with no line yet.
pub(crate) fn empty_plan() -> Plan<'static> {
    Plan {
        against: None,
        commit: "7c1e9a4b5f3d2c1e0a9b8c7d6e5f4a3b2c1d0e9f",
        digest: "sha256:5d41402abc4b2a76b9719d911017c592".to_owned(),
        format: "trueup.plan/1",
        lines: Vec::new(),
        observations: Vec::new(),
        planned_at: time("2026-11-22T09:12:00Z"),
        problems: Vec::new(),
        summary: Summary { keep: 398, ..Summary::default() },
        tenant: "example-msp",
        usage: vec![UsageRef {
            accounts: 412,
            as_of: Some(time("2026-11-22T03:00:00Z")),
            complete: true,
            digest: Some("sha256:00"),
            source: "intronis",
        }],
    }
}

/// The plan of the manual.
pub(crate) fn sample_plan() -> Plan<'static> {
    let mut plan = empty_plan();
    plan.lines = vec![
        Line { last_written: quantity("128"), ..line("Alpine", "BKP-GB", Some("120"), "131", "4.95") },
        contoso(),
        line("Fabrikam", "BKP-GB", Some("300"), "288", "-5.4"),
        line("Litware", "BKP-GB", Some("9"), "12", "1.35"),
        northwind(),
        line("Tailspin", "BKP-LOCAL", None, "5", "9.95"),
    ];
    plan.lines[0].cause = Some(Cause::HandEdit);
    plan.problems = problems();
    plan.summary = Summary {
        create: 1,
        held_monthly_delta: money("-455.4"),
        hold: 2,
        keep: 398,
        monthly_delta: money("10.85"),
        notes: 1,
        problems: 2,
        update: 3,
    };
    plan
}

/// A line by name that is updated for its usage, or created where there is no quantity now.
pub(crate) fn line(
    company: &'static str,
    product: &'static str,
    current: Option<&str>,
    desired: &str,
    delta: &str,
) -> Line<'static> {
    let verdict = if current.is_some() { Verdict::Update } else { Verdict::Create };
    Line {
        addition: current.map(|_| addition()),
        after: Vec::new(),
        agreement: AgreementRef {
            id: AgreementId(418),
            name: "Barracuda Backup",
            agreement_type: "Barracuda Backup",
        },
        cause: Some(if current.is_some() { Cause::Usage } else { Cause::FirstSeen }),
        company: CompanyRef { id: CompanyId(77), identifier: company, name: company },
        current: current.and_then(quantity),
        derivation: vec![derivation()],
        desired: quantity(desired),
        last_written: None,
        monthly_delta: money(delta),
        notes: Vec::new(),
        product: ProductRef { id: ProductId(31), identifier: product },
        reasons: Vec::new(),
        terms: None,
        guarded: None,
        verdict,
    }
}

/// The same line, held.
pub(super) fn held(line: Line<'static>, reasons: Vec<Reason>) -> Line<'static> {
    Line { verdict: Verdict::Hold, reasons, ..line }
}

pub(super) fn northwind() -> Line<'static> {
    let absent = Reason::new(Code::AccountAbsent, "account northwind is in 1 snapshot no more");
    let to_zero = Reason::new(Code::ToZero, "it would fall from 812 to 0");
    let mut northwind = held(
        line("Northwind", "BKP-GB", Some("812"), "0", "-365.4"),
        vec![absent.over("2 snapshots", "1"), Reason { release: Some(WAIVER.to_owned()), ..to_zero }],
    );
    northwind.cause = Some(Cause::AccountGone);
    northwind.company.name = "Northwind Traders";
    northwind
}

fn contoso() -> Line<'static> {
    let reason = Reason::new(Code::LineChange, "it would fall by 9, more than 3 at once");
    held(
        line("Contoso", "BKP-HYPERV", Some("14"), "5", "-90"),
        vec![Reason { release: Some(WAIVER.to_owned()), ..reason.over("3", "-9") }],
    )
}

fn problems() -> Vec<Problem> {
    let no_company = r#"no company has echo_username or Company ID "wingtip""#;
    let no_row = r#"plan "Bronze" has no row"#;
    let not_billed = "3 Hyper-V hosts, level Gold has no Hyper-VHostLicensing";
    let place = Place { file: "mappings/backup.yaml".into(), line: 3, column: 1, span: Span::default() };
    vec![
        Problem::warning(Code::UnlinkedAccount, "wingtip", no_company).with_hint("did you mean WingTip?"),
        Problem::warning(Code::UnmappedPlan, "proseware", no_row).at(place),
        Problem::note(Code::UnbilledMetric, "acme", not_billed),
    ]
}

fn addition() -> AdditionRef<'static> {
    AdditionRef {
        bill_customer: "Billable",
        id: AdditionId(9931),
        last_updated: Some(time("2026-11-01T02:00:00Z")),
        less_included: quantity("0"),
        unit_price: money("0.45"),
    }
}

pub(super) fn derivation() -> Derivation<'static> {
    Derivation {
        account: "acme_dental",
        base_bytes: None,
        cross_reference: Some(CrossReferenceId(14)),
        included: None,
        level: "Universal",
        link: LinkedBy::CustomField,
        mapping: MappingPlace { file: "mappings/backup.yaml", line: 14 },
        measured: Some(Decimal::from(25)),
        plan: Some("20g Monthly"),
        rounded: quantity("25"),
        source: "intronis",
        vendor_type: "BackupUsage",
        usage_value: Some(UsageValue::Total),
        used_bytes: Some(Decimal::from(26_843_545_600_u64)),
        row: None,
    }
}

pub(super) fn quantity(text: &str) -> Option<Quantity> {
    Some(text.parse().unwrap())
}

pub(super) fn money(text: &str) -> Option<Money> {
    Some(text.parse().unwrap())
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
