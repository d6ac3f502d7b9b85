//! The examples of the documentation and the sample tenant: they must stay right.

use jiff::{Timestamp, ToSpan};

use super::{catalog, now};
use crate::mapping::{MappingFile, Mode, read_catalog, validate};
use crate::problem::Code;

const SERVICES: &str = r#"
source: intronis                     # the usage source that the rows of this file read
integration: Barracuda Intronis      # the ConnectWise Managed Devices Integration whose table resolves the levels

intronis_backup_plan:
  - plan: (All plans)
    level: Universal
    usage_value: total               # portal: "Update total usage"; `additional`: "Update additional usage"
  - plan: 20g Monthly
    level: Block20
    usage_value: additional
    expect: { base_plan_size: 20 GB, less_included: 0 }
  - plan: Gold Monthly
    level: Gold                      # also switches on the licence types that Gold has cross-references for
    usage_value: total
    rounding: { mode: up, decimals: 0 }

essentials_service:
  - option: Email Security Service
    level: Ess-Std
    type: EssentialsSeats            # the vendor publishes no type for seats, so the row names the one in your table
  - option: Email Security Service
    unique_id: "3334"                # the same service bought again at another price
    level: Ess-Promo
    type: EssentialsSeats
    count: used                      # used (default) | bought

content_shield_plus_services:
  - { option: Content Shield Plus, level: BCS-Plus, type: ContentShieldSeats }

metered:                             # any metric of any source, for what has no service of its own
  - { metric: protected_vms, type: VM, level: Default }
  - { metric: stored_bytes, type: StoredTB, level: Default, unit: TB, included: 1, rounding: { mode: up, decimals: 1 } }
"#;

const TABLE: &str = r"
source: intronis
cross_references:
  - { type: BackupUsage,          level: Universal, agreement_type: Barracuda Backup, product: BKP-GB }
  - { type: Hyper-VHostLicensing, level: Gold,      agreement_type: Barracuda Backup, product: BKP-HYPERV }
";

const EXCEPTIONS: &str = r#"
source: intronis
accounts:
  link:
    - { account: acme_dental, company: AcmeDental }
    - { account: contoso_hq, company: Contoso, agreement: Contoso Backup }
    - { account: contoso_branch, company: Contoso, agreement: Contoso Backup }
  ignore:
    - { account: demo_lab, reason: internal demo, until: 2027-03-31 }

pins:
  - { company: AcmeDental, product: BKP-GB, quantity: 55, reason: "flat until renewal, ticket 48001", until: 2027-03-31 }

waivers:
  - guard: to_zero
    company: Northwind
    product: BKP-GB
    reason: "contract ended 15 November, ticket 48213"
    until: 2026-12-15
"#;

const POLICY: &str = r#"
policy:
  mode: observe                      # observe (default: plan and report) | apply
  missing_addition: hold             # hold (default) | create
  undesired: zero                    # zero (default) | leave
  hand_edit: hold                    # hold (default) | revert | adopt
  statuses: { TEST: skip, FROZEN: bill, CANCELED: zero }
  link: { custom_field: echo_username, company_identifier: true }
  gigabyte: binary
  rounding: { mode: nearest, decimals: 2 }
  guards: {}
  freeze:
    - { days_of_month: [1], from: "00:00", to: "12:00", timezone: America/New_York }
"#;

#[test]
fn the_examples_of_the_documentation_are_one_desired_state() {
    let catalog = catalog(&[SERVICES, TABLE, EXCEPTIONS, POLICY]);

    let sizes =
        (catalog.rows.len(), catalog.cross_references.len(), catalog.links.len(), catalog.ignores.len());
    assert_eq!(sizes, (8, 2, 3, 1));
    assert_eq!((catalog.pins.len(), catalog.waivers.len(), catalog.policy.freeze.len()), (1, 1, 1));
}

/// The sample tenant that ships.
fn sample() -> Vec<MappingFile> {
    [
        ("mappings/accounts.yaml", include_str!("../../../mappings/accounts.yaml")),
        ("mappings/backup.yaml", include_str!("../../../mappings/backup.yaml")),
        ("mappings/metered.yaml", include_str!("../../../mappings/metered.yaml")),
        ("mappings/overrides.yaml", include_str!("../../../mappings/overrides.yaml")),
        ("mappings/policy.yaml", include_str!("../../../mappings/policy.yaml")),
        ("mappings/seats.yaml", include_str!("../../../mappings/seats.yaml")),
    ]
    .map(|(file, text)| MappingFile::new(file, text))
    .into()
}

#[test]
fn the_sample_tenant_is_valid_for_years() {
    let last: Timestamp = "2035-12-31T00:00:00Z".parse().expect("this is a time");

    for day in [now(), last] {
        assert_eq!(validate(&sample(), day), []);
    }
}

#[test]
fn the_sample_tenant_shows_every_section() {
    let (catalog, _) = read_catalog(&sample(), now());
    let catalog = catalog.expect("the sample is sound");

    let sizes =
        (catalog.rows.len(), catalog.cross_references.len(), catalog.links.len(), catalog.ignores.len());
    assert_eq!(sizes, (9, 2, 4, 2));
    assert_eq!((catalog.pins.len(), catalog.policy.freeze.len(), catalog.policy.mode), (1, 1, Mode::Observe));
}

#[test]
fn the_waivers_that_the_sample_shows_in_a_comment_are_right() {
    let text = include_str!("../../../mappings/overrides.yaml");
    let shown = text.split("# waivers:").nth(1).expect("the sample shows waivers");
    let live =
        shown.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect::<Vec<_>>().join("\n");

    let waivers = catalog(&[&format!("waivers:{live}\n")]).waivers;

    assert_eq!(waivers.len(), 2);
    assert!(waivers.iter().all(|waiver| waiver.until <= crate::mapping::utc_day(now() + (31 * 24).hours())));
}

#[test]
fn every_example_on_the_page_of_a_code_is_right() {
    let blocks = Code::ALL.iter().flat_map(|code| {
        let blocks =
            code.page().clear.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next());
        blocks.map(move |block| (code, block))
    });
    let mappings = blocks.filter(|(_, block)| !block.contains("tenants:"));

    for (code, block) in mappings {
        let mut wrong = validate(&[MappingFile::new(code.as_str(), block)], now());
        // Some show the head of a file only.
        wrong.retain(|problem| problem.code != Code::EmptyMapping);
        assert_eq!(wrong, [], "{code}:\n{block}");
    }
}
