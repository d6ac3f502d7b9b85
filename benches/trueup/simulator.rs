//! What the simulator needs: memory of a process that only holds it, and the time of a page of 1,000 rows beside plainly
//! writing the same rows as JSON.
//!
//! The bars: 10,000 companies, as many agreements and 50,000 additions in at most 300 MiB, a page in at most 10 ms.

use std::env;
use std::fs;
use std::process::Command;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use trueup::simulator::{
    Clock, Seed, SeedAddition, SeedAgreement, SeedAgreementType, SeedCompany, SeedProduct, Simulator,
};

use super::measure::{Effort, row, time};

/// Set for the process that only holds a simulator: how many companies it has.
const HOLDS: &str = "TRUEUP_BENCH_HOLDS";
/// The most it may take.
const MOST_MEBIBYTES: u64 = 300;
/// Lines of one agreement.
const LINES: usize = 5;

/// Holds a simulator and tells its memory, where this process was started for that.
pub fn holds() -> bool {
    let Some(companies) = env::var(HOLDS).ok().and_then(|size| size.parse().ok()) else { return false };
    let simulator = simulator(companies, companies, LINES);
    let status = fs::read_to_string("/proc/self/status").expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    println!("{}", line.trim().trim_end_matches(" kB"));
    drop(simulator);
    true
}

/// Measures memory and pages.
pub fn measure(effort: Effort) {
    let companies = effort.size(10_000);
    let resident = resident(companies) / 1024;
    println!(
        "{:<44} {resident:>6} MiB resident",
        format!("simulator of {} records", companies * (LINES + 2))
    );
    assert!(resident <= MOST_MEBIBYTES, "{MOST_MEBIBYTES} MiB is the bar");

    let rows = effort.size(1_000);
    let simulator = simulator(rows, 1, rows);
    page(effort, &simulator, "additions", "finance/agreements/50001/additions");
    page(effort, &simulator, "companies", "company/companies");
}

/// The kibibytes of a process of its own that holds so many companies.
fn resident(companies: usize) -> u64 {
    let program = env::current_exe().expect("a running program has a file");
    let mut child = Command::new(program);
    // The benchmark keeps its memory; the simulator is measured as it ships.
    child.env_remove("MALLOC_TRIM_THRESHOLD_").env_remove("MALLOC_MMAP_THRESHOLD_");
    let told = child.env(HOLDS, companies.to_string()).output().expect("the benchmark runs once more");
    let text = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    text.parse().expect("it tells its memory")
}

fn page(effort: Effort, simulator: &Simulator, name: &str, path: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
    let answer = || runtime.block_on(answer(simulator, path));
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&answer()).expect("a page is JSON");

    let plain = time(effort, || serde_json::to_vec(&rows).map(|written| written.len()).unwrap_or_default());
    let asked = time(effort, || answer().len());
    let name = format!("simulator, a page of {} {name}", rows.len());
    row(&name, &asked, Some(("the same rows with serde_json", &plain)));
}

async fn answer(simulator: &Simulator, path: &str) -> Vec<u8> {
    let request = Request::get(format!("/v4_6_release/apis/3.0/{path}?pageSize=1000"))
        .header("authorization", format!("Basic {}", STANDARD.encode("msp+public:private")))
        .header("clientid", "bench")
        .body(Body::empty())
        .expect("the request is valid");
    let response = simulator.answer(request).await;
    assert_eq!(response.status().as_u16(), 200, "{path}");
    to_bytes(response.into_body(), usize::MAX).await.expect("the connection holds").to_vec()
}

fn simulator(companies: usize, agreements: usize, lines: usize) -> Simulator {
    let company = |number: usize| SeedCompany { identifier: name(number), ..SeedCompany::default() };
    let agreement = |number: usize| SeedAgreement {
        additions: (0..lines).map(|_| SeedAddition::new("BKP-GB", 25_u32)).collect(),
        ..SeedAgreement::new(name(number).as_str(), "Backup")
    };
    let seed = Seed {
        companies: (0..companies).map(company).collect(),
        agreement_types: vec![SeedAgreementType {
            name: "Backup".to_owned(),
            ..SeedAgreementType::default()
        }],
        products: vec![SeedProduct { identifier: "BKP-GB".to_owned(), ..SeedProduct::default() }],
        agreements: (0..agreements).map(agreement).collect(),
        ..Seed::default()
    };
    Simulator::new(seed, Clock::system()).expect("the seed is whole")
}

fn name(number: usize) -> String {
    format!("customer{number:05}")
}
