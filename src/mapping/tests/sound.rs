//! What sound mappings mean.

use jiff::civil::{date, time};
use proptest::prelude::{Just, Strategy, proptest};
use rust_decimal::Decimal;

use super::{catalog, files, now, told};
use crate::billing::{Quantity, Rounding, RoundingMode, Size};
use crate::mapping::{
    Limit, LinkPolicy, PlanSelector, Policy, Subject, Table, UsageValue, Waiver, WaiverGuard,
    policy_defaults_yaml, read_catalog, validate,
};
use crate::problem::Code;

const ROW: &str =
    "source: s\nintegration: I\nintronis_backup_plan:\n  - { plan: P, level: L, usage_value: total }\n";

#[test]
fn a_row_takes_from_the_policy_what_it_does_not_say_itself() {
    let text = "
source: s
integration: I
intronis_backup_plan:
  - plan: Gold
    level: G
    usage_value: additional
    rounding: { decimals: 0 }
    combine: sum
    guards: { line_change: { decrease: { floor: 7 } }, line_money: { percent: 12.5 } }
    expect: { base_plan_size: 20 GB, less_included: 1.50 }
policy:
  rounding: { mode: up }
  guards: { line_change: { decrease: { percent: 33 } }, line_money: { floor: 1 } }
";

    let row = catalog(&[text]).rows.remove(0);

    let limit = |floor: i64, percent: &str| Limit {
        floor: Decimal::from(floor),
        percent: percent.parse().expect("this is a number"),
    };
    assert_eq!(row.rounding, Rounding { mode: RoundingMode::Up, decimals: 0 });
    assert_eq!(row.guards.line_change.decrease, limit(7, "33"));
    assert_eq!(row.guards.line_change.increase, limit(5, "50"));
    assert_eq!(row.guards.line_money, limit(1, "12.5"));
    assert!(row.combine_sum);
    let Subject::Plan { plan, usage_value, expect } = row.subject else { panic!("it is a backup row") };
    assert_eq!((plan, usage_value), (PlanSelector::Named("Gold".into()), UsageValue::Additional));
    assert_eq!(expect.base_plan_size, Some(Size::Gigabytes(Decimal::from(20))));
    assert_eq!(expect.less_included, Some(Quantity::new(Decimal::new(15, 1))));
    assert_eq!(expect.place.map(|place| (place.line, place.column)), Some((11, 13)));
    assert_eq!((row.place.line, row.level_place.line, row.level_place.column), (5, 6, 12));
}

#[test]
fn both_spellings_of_all_plans_mean_every_plan() {
    for spelling in ["(All plans)", "(All Plans)"] {
        let rows = catalog(&[&ROW.replace("plan: P", &format!("plan: {spelling}"))]).rows;

        assert!(matches!(&rows[0].subject, Subject::Plan { plan: PlanSelector::All, .. }));
    }
}

#[test]
fn a_file_without_integration_uses_the_table_of_git() {
    let git =
        "source: s\ncross_references: [{ type: BackupUsage, level: L, agreement_type: A, product: B }]\n";
    let rows = catalog(&[&ROW.replace("integration: I\n", ""), git]).rows;

    assert_eq!(rows[0].table, Table::Git);
    assert_eq!(catalog(&[ROW]).rows[0].table, Table::Integration("I".into()));
}

#[test]
fn the_policy_fills_in_every_default() {
    let policy = "
policy:
  mode: apply
  statuses: { TEST: bill }
  link: { custom_field: false }
  guards: { usage_stale: { hours: 12 }, usage_incomplete: { accounts: 5 } }
  freeze: [{ days_of_month: [15, 1, 15], from: \"07:30\", to: \"24:00\", timezone: Europe/Berlin }]
";

    let read = catalog(&[ROW, policy]).policy;

    let mut expected = Policy { mode: crate::mapping::Mode::Apply, ..Policy::default() };
    expected.statuses.insert(crate::usage::AccountStatus::Test, crate::mapping::StatusPolicy::Bill);
    expected.link = LinkPolicy { custom_field: None, company_identifier: true };
    expected.guards.usage_stale_hours = 12;
    expected.guards.usage_incomplete.accounts = 5;
    expected.freeze = read.freeze.clone();
    assert_eq!(read, expected);
    assert_eq!((&read.freeze[0].days_of_month[..], read.freeze[0].from), (&[1, 15][..], time(7, 30, 0, 0)));
    assert!(read.freeze[0].to > time(23, 59, 59, 0));
}

#[test]
fn the_defaults_that_are_printed_are_the_defaults() {
    let (read, problems) = read_catalog(&files(&[&policy_defaults_yaml()]), now());

    assert_eq!(problems, []);
    assert_eq!(read.map(|catalog| catalog.policy), Some(Policy::default()));
}

#[test]
fn every_guard_that_can_be_waived_has_its_waiver() {
    let text = "
waivers:
  - { guard: to_zero, company: C, product: P, reason: r, until: 2026-12-23 }
  - { guard: line_money, company: C, product: P, quantity: 2.50, reason: r, until: 2026-12-01 }
  - { guard: run_lines, up_to: 60, reason: r, until: 2026-12-01 }
  - { guard: run_money, up_to: 900.5, reason: r, until: 2026-12-01 }
  - { guard: unit_shift, source: s, reason: r, until: 2026-12-01 }
  - { guard: config_shrink, rows: 4, reason: r, until: 2026-12-01 }
  - { guard: history, commit: 7c1e9a4b5d6f708192a3b4c5d6e7f8091a2b3c4d, reason: r, until: 2026-12-01 }
";
    let line = |guard, quantity: Option<&str>| WaiverGuard::Line {
        guard,
        company: "C".into(),
        product: "P".into(),
        quantity: quantity.map(|text| text.parse().expect("this is a number")),
    };

    let waivers = catalog(&[text]).waivers;

    assert_eq!(waivers[0].until, date(2026, 12, 23));
    assert_eq!(
        waivers.into_iter().map(|Waiver { guard, .. }| guard).collect::<Vec<_>>(),
        [
            line(Code::ToZero, None),
            line(Code::LineMoney, Some("2.5")),
            WaiverGuard::RunLines { up_to: 60 },
            WaiverGuard::RunMoney { up_to: "900.5".parse().expect("this is money") },
            WaiverGuard::UnitShift { source: "s".into() },
            WaiverGuard::ConfigShrink { rows: 4 },
            WaiverGuard::History { commit: "7c1e9a4b5d6f708192a3b4c5d6e7f8091a2b3c4d".into() },
        ]
    );
}

#[test]
fn an_expiry_reddens_the_review_after_two_weeks_and_never_stops_the_tenant() {
    let pin = |until: &str| {
        format!("pins: [{{ company: C, product: P, quantity: 1, reason: r, until: {until} }}]\n")
    };
    let (kept, old) = (pin("2026-11-08"), pin("2026-11-07"));

    assert_eq!(validate(&files(&[&kept]), now()), []);
    assert_eq!(told(&[&old]), ["expired a:1:65"]);
    assert_eq!(catalog(&[&old]).pins.len(), 1);
}

#[test]
fn a_level_that_git_lacks_is_refused_in_review_and_left_to_the_plan() {
    let text = "
source: s
intronis_backup_plan: [{ plan: P, level: gold, usage_value: total }]
cross_references: [{ type: BackupUsage, level: Gold, agreement_type: A, product: B }]
";

    let problems = validate(&files(&[text]), now());

    assert_eq!(problems[0].code, Code::UnknownLevel);
    assert_eq!(problems[0].hint.as_deref(), Some("did you mean Gold? levels are case-sensitive"));
    assert_eq!(catalog(&[text]).rows.len(), 1);
}

#[test]
fn a_duplicate_names_the_place_of_the_first() {
    let (_, problems) = read_catalog(&files(&[ROW, ROW]), now());

    let place = problems[0].place.clone().expect("the second row has a place");
    assert_eq!((&*place.file, place.line, place.column), ("b.yaml", 4, 13));
    assert!(problems[0].message.contains("a.yaml, line 4, column 13"), "{}", problems[0].message);
}

#[test]
fn e8_any_error_refuses_the_whole_and_all_are_told() {
    let semantic =
        "source: s\nintegration: I\nmetered: [{ metric: m, type: T, level: L }]\ncross_references: []\n";

    let (read, problems) = read_catalog(&files(&["pins: 3\n", semantic, ROW, ROW]), now());

    assert_eq!(read, None);
    assert_eq!(
        problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        [Code::WrongType, Code::IntegrationAndCrossReferences, Code::DuplicateRow]
    );
}

proptest! {
    #[test]
    fn the_order_of_files_and_of_sections_does_not_matter(order in Just(vec![0, 1, 2, 3]).prop_shuffle()) {
        let texts = [
            ROW,
            "pins: [{ company: C, product: P, quantity: 1, reason: r, until: 2027-01-01 }]\nsource: s\naccounts:\n  \
             ignore: [{ account: x, reason: r }]\n  link: [{ account: a, company: C }]\n",
            "policy: { mode: apply }\n",
            "source: t\nmetered: [{ metric: m, type: T, level: L }]\nintegration: J\n",
        ];
        let files = files(&texts);
        let shuffled: Vec<_> = order.iter().map(|index| files[*index].clone()).collect();

        assert_eq!(read_catalog(&shuffled, now()), read_catalog(&files, now()));
    }

    #[test]
    fn reading_any_text_ends_without_panic(text in "[a-z_:\\-\\[\\]{} \n\"'#,0-9]{0,120}") {
        let _ = validate(&files(&[&text, ROW]), now());
    }

    #[test]
    fn reading_a_damaged_file_ends_without_panic(at in 0usize..700, sign in "[:\\[{}\\]\"'\n\t ,#-]") {
        let sample = include_str!("../../../mappings/seats.yaml");
        let damaged: String = sample.chars().take(at).chain(sign.chars()).chain(sample.chars().skip(at + 1)).collect();
        let _ = validate(&files(&[&damaged]), now());
    }
}
