//! Reading 2,000 agreements with 6,000 additions from the simulator over loopback, at once and with the latency of a
//! cloud, and what an addition costs from its bytes to its value.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::SecretString;
use trueup::billing::AgreementId;
use trueup::connectwise::wire::{Names, additions_page};
use trueup::connectwise::{ConnectWise, Options, Scope};
use trueup::outbound::install_crypto;
use trueup::simulator::{Clock, Fault, Match, Running, Seed, SeedAddition, SeedAgreement, Simulator};

use super::measure::{Effort, row, time};

/// How long a cloud takes to answer.
const LATENCY_MILLIS: u64 = 50;
/// The longest that a whole read may take at that latency.
const SLOWEST: Duration = Duration::from_secs(6);
/// The most that one addition may cost.
const DEAREST: Duration = Duration::from_micros(2);

/// What does not depend on the size.
const SEED: &str = "\
login: { company: bench, clientId: bench }
members: [{ identifier: trueup, publicKey: bench, privateKey: bench }]
agreementTypes: [{ id: 5, name: Barracuda Backup }]
products: [{ id: 31, identifier: BKP-GB }, { id: 32, identifier: BKP-LOCAL }, { id: 33, identifier: BKP-IMAGE }]
integrations:
  - id: 3
    name: Barracuda Intronis
    crossReferences:
      - { id: 11, vendorType: BackupUsage, vendorLevel: Gold, agreementType: 5, product: 31 }
companies: [{ id: 71, identifier: Bench }]
";

/// Measures a whole read, and checks how many requests it takes.
pub fn measure(effort: Effort) {
    install_crypto();
    let agreements = effort.size(2_000);
    let running = simulator(agreements);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");

    let client = runtime.block_on(connect(&running));
    let before = client.requests_made();
    let view = runtime.block_on(view(&client));
    let requests = client.requests_made() - before;
    assert_eq!(view.additions.len(), agreements * 3, "everything was read");
    let pages = 5 + agreements.div_ceil(1_000);
    let bar = pages + agreements.div_ceil(50) + 6;
    assert!(requests as usize <= bar, "{requests} requests, {bar} is the bar");

    let fetched = time(effort, || runtime.block_on(bytes(&running, requests)));
    let read = time(effort, || runtime.block_on(self::view(&client)).additions.len());
    let name = format!("read {agreements} agreements, {requests} requests of at most {bar}");
    row(&name, &read, Some(("as many requests one after the other", &fetched)));

    running.fail_times(Match::any(), Fault::AnswerAfterMillis(LATENCY_MILLIS), u32::MAX);
    let late = time(effort, || runtime.block_on(self::view(&client)).additions.len());
    assert!(late.median <= SLOWEST, "{:?} at a latency of {LATENCY_MILLIS} ms", late.median);
    row(&format!("the same, each answer {LATENCY_MILLIS} ms late"), &late, Some(("without", &read)));
    wire(effort);
}

/// From the bytes of a page to additions, beside reading the same bytes into values that mean nothing.
fn wire(effort: Effort) {
    let (pages, page) = (effort.size(100), page());
    let typed = time(effort, || {
        let mut names = Names::default();
        let read = (0..pages).map(|_| additions_page(&page, AgreementId(101), &mut names));
        read.map(|additions| additions.expect("the page is good").len()).sum::<usize>()
    });
    let plain = time(effort, || {
        let read = (0..pages).map(|_| serde_json::from_slice::<serde_json::Value>(&page));
        read.filter(|value| value.as_ref().is_ok_and(serde_json::Value::is_array)).count()
    });
    let additions = u32::try_from(pages * 1_000).expect("few pages");
    assert!(
        effort != Effort::Full || typed.median / additions <= DEAREST,
        "{:?} for {additions}",
        typed.median
    );
    row(&format!("{additions} additions from bytes"), &typed, Some(("serde_json into values", &plain)));
}

/// A page of a thousand additions, as they are sent.
fn page() -> Vec<u8> {
    let addition = |id: u32| {
        format!(
            r#"{{"id":{id},"agreementId":101,"product":{{"id":31,"identifier":"BKP-GB"}},"quantity":{}.25,"lessIncluded":0.00,"unitPrice":0.55,"billCustomer":"Billable","effectiveDate":"2026-01-01T00:00:00Z","agreementStatus":"Active","_info":{{"lastUpdated":"2026-04-15T12:00:00Z","updatedBy":"trueup"}}}}"#,
            id % 400
        )
    };
    format!("[{}]", (1..=1_000).map(addition).collect::<Vec<_>>().join(",")).into_bytes()
}

fn simulator(agreements: usize) -> Running {
    let mut seed = Seed::from_yaml(SEED).expect("the seed is valid");
    seed.agreements = (0..agreements)
        .map(|_| SeedAgreement {
            additions: [31_u32, 32, 33].map(|product| SeedAddition::new(product, 25_u32)).into(),
            ..SeedAgreement::new(71_u32, 5_u32)
        })
        .collect();
    Simulator::new(seed, Clock::system())
        .expect("the seed is whole")
        .start()
        .expect("loopback can be listened on")
}

async fn connect(running: &Running) -> ConnectWise {
    let secret = || SecretString::from("bench");
    let options = Options::new(running.url(), "bench", secret(), secret(), secret());
    ConnectWise::connect(options).await.expect("the simulator answers")
}

async fn view(client: &ConnectWise) -> trueup::billing::View {
    let integrations = BTreeSet::from(["Barracuda Intronis".into()]);
    let scope = Scope { integrations, ..Scope::default() };
    client.read_view(&scope, &|_| {}).await.expect("the simulator can be read")
}

/// As many requests for nothing but the company's description, on one connection.
async fn bytes(running: &Running, requests: u64) -> usize {
    let client = reqwest::Client::builder().build().expect("a client for plain HTTP");
    let mut total = 0;
    for _ in 0..requests {
        let answer = client.get(format!("{}/login/companyinfo/bench", running.url())).send().await;
        total += answer.expect("the simulator answers").bytes().await.expect("it has a body").len();
    }
    total
}
