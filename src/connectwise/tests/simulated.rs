//! The client against the simulator over loopback: two programs that share nothing but the protocol.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use rust_decimal::Decimal;

use crate::billing::{AdditionId, AgreementId, ProductId, Quantity, View};
use crate::connectwise::{ConnectWise, ConnectWiseError, Detour, Options, Scope, WriteAnswer};
use crate::contract::{self, Watched};
use crate::simulator::{
    Canned, Clock, Fault, Function, Kind, Match, Role, Running, Seed, SeedAddition, SeedAgreement, Simulator,
};

/// One company with one agreement, 101, that bills two products, and a cross-reference table.
const SMALL: &str = "
companies:
  - { id: 7, identifier: acme, name: Acme, customFields: { echo_username: acme-backup, Region: West } }
  - { id: 8, identifier: gone, deletedFlag: true }
agreementTypes: [{ id: 5, name: Managed Backup }, { id: 6, name: Other }]
products: [{ id: 21, identifier: BKP-GB, price: 0.5 }, { id: 22, identifier: LIC, price: 3 }, { id: 23, identifier: OTHER }]
integrations:
  - id: 2
    name: Barracuda Intronis
    crossReferences:
      - { id: 14, vendorType: BackupUsage, vendorLevel: Gold, agreementType: 5, product: 21 }
      - { id: 15, vendorType: LocalBackup, vendorLevel: Gold, agreementType: 5, product: 22 }
agreements:
  - { id: 101, company: 7, type: 5, nextInvoiceDate: '2026-05-01T00:00:00Z', additions: [
      { id: 1001, product: 21, quantity: 80.25, lessIncluded: 20, unitPrice: 0.55 }, { id: 1002, product: 22 } ] }
  - { id: 102, company: 7, type: 6 }
";

fn seed() -> Seed {
    Seed::from_yaml(SMALL).unwrap()
}

fn start(seed: Seed) -> Watched {
    let now: Timestamp = "2026-04-15T12:00:00Z".parse().unwrap();
    contract::start(Simulator::new(seed, Clock::fixed(now)).unwrap())
}

async fn connected(simulator: &Running) -> ConnectWise {
    connected_as(simulator, "private").await
}

async fn connected_as(simulator: &Running, private_key: &str) -> ConnectWise {
    let options = Options::new(simulator.url(), "msp", "client".into(), "public".into(), private_key.into());
    ConnectWise::connect(Options { retry_pause: Duration::from_millis(1), ..options }).await.unwrap()
}

fn scope() -> Scope {
    Scope {
        integrations: BTreeSet::from(["Barracuda Intronis".into()]),
        custom_field: Some("echo_username".into()),
        ..Scope::default()
    }
}

async fn view(connect_wise: &ConnectWise) -> Result<View, ConnectWiseError> {
    connect_wise.read_view(&scope(), &|_| ()).await
}

/// `agreements` agreements of type 5 beside the small seed, with `each` additions each.
fn many(agreements: u32, each: usize) -> Seed {
    let mut seed = seed();
    for _ in 0..agreements {
        let mut agreement = SeedAgreement::new(7, 5);
        agreement.additions = (0..each).map(|_| SeedAddition::new(21, 1)).collect();
        seed.agreements.push(agreement);
    }
    seed
}

#[tokio::test]
async fn a_view_of_the_simulator_is_what_it_was_seeded_with() {
    let simulator = start(seed());

    let view = view(&connected(&simulator).await).await.unwrap();

    let identifiers: Vec<&str> = view.companies.iter().map(|company| &*company.identifier).collect();
    assert_eq!(identifiers, ["acme", "gone"]);
    assert!(view.companies[1].deleted);
    let fields: Vec<_> = view.companies[0].custom_fields.iter().map(|field| field.value.as_deref()).collect();
    assert_eq!(fields, [Some("acme-backup")]);
    assert_eq!(view.agreements.iter().map(|agreement| agreement.id).collect::<Vec<_>>(), [AgreementId(101)]);
    assert_eq!(view.agreements[0].next_invoice, Some(date(2026, 5, 1)));
    assert_eq!(
        view.products.iter().map(|product| product.id).collect::<Vec<_>>(),
        [ProductId(21), ProductId(22)]
    );
    assert_eq!(view.products[0].price, Some("0.5".parse().unwrap()));
    let lines: Vec<_> =
        view.additions.iter().map(|line| (line.id.0, line.quantity, line.unit_price)).collect();
    let (exact, price) = (Some("80.25".parse().unwrap()), Some("0.55".parse().unwrap()));
    assert_eq!(lines, [(1001, exact, price), (1002, None, Some("3".parse().unwrap()))]);
    assert!(view.additions[0].last_updated.is_some());
    assert!(view.incomplete.is_empty());
}

#[tokio::test]
async fn a_whole_read_stays_within_its_bound_of_requests() {
    let simulator = start(many(1_200, 1));
    let connect_wise = connected(&simulator).await;
    let before = connect_wise.requests_made();

    let view = view(&connect_wise).await.unwrap();

    let agreements = u64::try_from(view.agreements.len()).unwrap();
    let pages = 5 + agreements.div_ceil(1_000);
    assert_eq!(agreements, 1_201);
    assert_eq!(view.additions.len(), 1_202);
    let counts = 6;
    assert_eq!(connect_wise.requests_made() - before, pages + agreements.div_ceil(50) + counts);
    assert!(simulator.log().iter().all(|exchange| exchange.path.len() + exchange.query.len() < 2_000));
    assert_eq!(simulator.audit_rows(), 0);
}

#[tokio::test]
async fn bundled_and_single_reads_show_the_same_beyond_a_thousand_lines() {
    let simulator = start(many(3, 2_100));
    let bundled = view(&connected(&simulator).await).await.unwrap();
    simulator.fail_times(
        Match::method("POST").path("/system/bundles"),
        Fault::StatusBefore(Canned::new(403, "{}")),
        9,
    );
    let connect_wise = connected(&simulator).await;

    let single = view(&connect_wise).await.unwrap();

    assert_eq!(bundled.additions.len(), 2 + 3 * 2_100);
    assert_eq!(connect_wise.detours(), BTreeSet::from([Detour::NoBundles]));
    assert!(bundled == single, "the two ways of reading disagree");
}

#[tokio::test]
async fn a_bundle_limit_of_the_server_is_walked_around() {
    let mut limited = many(60, 1);
    limited.options.bundle_limit = Some(10);
    let simulator = start(limited);
    let connect_wise = connected(&simulator).await;

    let view = view(&connect_wise).await.unwrap();

    assert_eq!((view.additions.len(), view.incomplete.len()), (62, 0));
    assert_eq!(connect_wise.detours(), BTreeSet::from([Detour::NoBundles]));
}

#[tokio::test]
async fn a_read_heals_from_every_passing_fault() {
    for fault in [
        Fault::StatusBefore(Canned::timed_out()),
        Fault::StatusBefore(Canned::gateway(502)),
        Fault::DropConnectionBefore,
        Fault::DropConnectionAfterCommit,
    ] {
        let simulator = start(seed());
        let connect_wise = connected(&simulator).await;
        let sound = view(&connect_wise).await.unwrap();
        simulator.fail_times(Match::any(), fault.clone(), 3);

        let healed = view(&connect_wise).await;

        assert_eq!(healed.as_ref(), Ok(&sound), "{fault:?}");
        assert_eq!(simulator.faults_left(), 0);
    }
}

#[tokio::test]
async fn answers_that_are_cut_or_pages_are_never_half_a_list() {
    for fault in [Fault::TruncatedJson, Fault::EmptyBody, Fault::Html] {
        let simulator = start(seed());
        simulator.fail_next(Match::method("GET").path("/company/companies"), fault.clone());

        let read = view(&connected(&simulator).await).await;

        assert!(matches!(read, Err(ConnectWiseError::BadAnswer { .. })), "{fault:?}: {read:?}");
    }
}

#[tokio::test]
async fn keys_and_rights_that_lack_are_told_apart() {
    let simulator = start(seed());
    let mut no_catalogue = Role::default();
    no_catalogue.0.remove(&Function::ProductCatalog);
    assert!(simulator.set_role("api", no_catalogue));

    let strange = view(&connected_as(&simulator, "wrong").await).await;
    let restricted = view(&connected(&simulator).await).await;

    assert!(matches!(strange, Err(ConnectWiseError::Unauthorized { .. })), "{strange:?}");
    let Err(restricted @ ConnectWiseError::Forbidden { .. }) = restricted else { panic!("{restricted:?}") };
    assert_eq!(restricted.hint(), "Grant the API member Procurement > Product Catalog: Inquire All");
}

#[tokio::test]
async fn single_records_are_read_or_surely_not_there() {
    let simulator = start(seed());
    let connect_wise = connected(&simulator).await;

    let there = connect_wise.addition(AgreementId(101), AdditionId(1001)).await.unwrap();
    let elsewhere = connect_wise.addition(AgreementId(102), AdditionId(1001)).await.unwrap();
    let agreement = connect_wise.agreement(AgreementId(101)).await.unwrap();
    let none = connect_wise.agreement(AgreementId(999)).await.unwrap();
    let lines = connect_wise.additions(AgreementId(101)).await.unwrap();

    assert_eq!(there.as_ref(), Some(&lines[0]));
    assert_eq!((elsewhere, none), (None, None));
    assert_eq!(agreement.map(|agreement| agreement.company.0), Some(7));
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn a_set_changes_the_quantity_exactly_and_nothing_else() {
    let simulator = start(seed());
    let writer = connected(&simulator).await.writer();

    let answer = writer.set_quantity(AgreementId(101), AdditionId(1001), "81.5".parse().unwrap()).await;

    assert!(
        matches!(&answer, WriteAnswer::Acknowledged(line) if line.quantity == Some("81.5".parse().unwrap())),
        "{answer:?}"
    );
    assert_eq!(simulator.quantity(1001), Some(Decimal::new(815, 1)));
    let mutations = simulator.mutations();
    assert_eq!(mutations.len(), 1);
    let log = simulator.log();
    let sent = log.iter().find(|exchange| exchange.is_write()).unwrap();
    assert_eq!(sent.body, r#"[{"op":"replace","path":"quantity","value":81.5}]"#);
    assert_eq!(sent.method, "PATCH");
}

#[tokio::test]
async fn a_create_makes_one_inert_line_priced_by_the_catalogue() {
    let simulator = start(seed());
    let writer = connected(&simulator).await.writer();

    let answer = writer.create_inert(AgreementId(101), ProductId(23), date(2026, 5, 1)).await;

    let WriteAnswer::Acknowledged(line) = answer else { panic!("{answer:?}") };
    assert_eq!(
        (line.product, line.quantity, line.effective),
        (ProductId(23), Some(Quantity::ZERO), Some(date(2026, 5, 1)))
    );
    assert_eq!(simulator.additions().len(), 3);
    assert!(simulator.record(Kind::Addition, u32::try_from(line.id.0).unwrap()).is_some());
}

#[tokio::test]
async fn every_fault_of_a_write_is_classified_and_no_write_arrives_twice() {
    let status = |status| Fault::StatusBefore(Canned::new(status, r#"{"code":"X","message":"no"}"#));
    let refused: Vec<Fault> = [400, 401, 403, 404, 405, 415, 422].map(status).into();
    let in_doubt = [409, 429, 500, 502, 503, 504].map(status).into_iter().chain([
        Fault::StatusAfterCommit(Canned::timed_out()),
        Fault::StatusBefore(Canned::throttled(Some("30"))),
        Fault::DropConnectionBefore,
        Fault::DropConnectionAfterCommit,
        Fault::TruncatedJson,
        Fault::EmptyBody,
        Fault::Html,
    ]);
    let cases = refused.into_iter().map(|fault| (fault, true)).chain(in_doubt.map(|fault| (fault, false)));
    for (fault, sure) in cases {
        let simulator = start(seed());
        let writer = connected(&simulator).await.writer();
        simulator.fail_next(Match::method("PATCH"), fault.clone());

        let answer = writer.set_quantity(AgreementId(101), AdditionId(1001), Quantity::from(5)).await;

        match sure {
            true => assert!(matches!(answer, WriteAnswer::Refused { .. }), "{fault:?}: {answer:?}"),
            false => assert!(matches!(answer, WriteAnswer::InDoubt { .. }), "{fault:?}: {answer:?}"),
        }
        assert_eq!(simulator.log().iter().filter(|exchange| exchange.is_write()).count(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_write_that_changed_nothing_is_acknowledged_with_what_stands_there() {
    let simulator = start(seed());
    let writer = connected(&simulator).await.writer();
    simulator.fail_next(Match::method("PATCH"), Fault::IgnoreWrite);

    let answer = writer.set_quantity(AgreementId(101), AdditionId(1001), Quantity::from(5)).await;

    assert!(
        matches!(&answer, WriteAnswer::Acknowledged(line) if line.quantity == Some("80.25".parse().unwrap())),
        "{answer:?}"
    );
}

#[tokio::test]
async fn every_request_of_ours_is_recognised_by_its_name() {
    let simulator = start(seed());

    view(&connected(&simulator).await).await.unwrap();

    let requests = simulator.log();
    let is_ours = |name: &String| name.starts_with(contract::OUR_CLIENT);
    assert!(requests.len() > 5, "{}", requests.len());
    assert!(requests.iter().all(|request| request.headers.get("user-agent").is_some_and(is_ours)));
}
