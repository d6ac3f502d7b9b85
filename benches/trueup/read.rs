//! Reading 2,000 agreements with 6,000 additions from the simulator over loopback, beside fetching as many bytes.

use std::collections::BTreeSet;

use secrecy::SecretString;
use trueup::connectwise::{ConnectWise, Options, Scope};
use trueup::outbound::install_crypto;
use trueup::simulator::{Clock, Running, Seed, SeedAddition, SeedAgreement, Simulator};

use super::measure::{Effort, row, time};

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
