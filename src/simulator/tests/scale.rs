//! Ten thousand agreements are no reason to wait.

use std::collections::BTreeSet;

use super::{Caller, basic, clock};
use crate::contract;
use crate::simulator::{
    Seed, SeedAddition, SeedAgreement, SeedAgreementType, SeedCompany, SeedProduct, Simulator,
};

#[test]
fn ten_thousand_agreements_with_fifty_thousand_lines_are_read_to_the_end() {
    let company = |n: u32| SeedCompany { identifier: format!("company-{n}"), ..SeedCompany::default() };
    let agreement = |n: u32| SeedAgreement {
        additions: (1..=5_u32).map(|quantity| SeedAddition::new("p", quantity)).collect(),
        ..SeedAgreement::new(format!("company-{n}").as_str(), "t")
    };
    let seed = Seed {
        companies: (0..10_000).map(company).collect(),
        agreement_types: vec![SeedAgreementType { name: "t".to_owned(), ..SeedAgreementType::default() }],
        products: vec![SeedProduct { identifier: "p".to_owned(), ..SeedProduct::default() }],
        agreements: (0..10_000).map(agreement).collect(),
        ..Seed::default()
    };
    let running = contract::start(Simulator::new(seed, clock()).unwrap());
    let caller = Caller::new(&running)
        .with("Authorization", &basic("msp+public:private"))
        .with("clientId", "any")
        .with("pagination-type", "forward-only");

    let agreements = read_to_the_end(&caller);
    let lines: Vec<u32> = agreements.chunks(50).flat_map(|fifty| lines_of(&caller, fifty)).collect();

    assert_eq!((agreements.len(), lines.len()), (10_000, 50_000));
    let different: BTreeSet<u32> = lines.into_iter().collect();
    assert_eq!(different.len(), 50_000, "no line is read twice");
    let quantities = caller.get("finance/agreements/59000/additions?fields=quantity").body;
    let all = r#"[{"quantity":1},{"quantity":2},{"quantity":3},{"quantity":4},{"quantity":5}]"#;
    assert_eq!(quantities, all);
}

/// The ids of all agreements, a thousand a page.
fn read_to_the_end(caller: &Caller) -> Vec<u32> {
    let mut seen = Vec::new();
    loop {
        let after = seen.last().copied().unwrap_or_default();
        let page = caller.get(&format!("finance/agreements?pageSize=1000&fields=id&pageId={after}"));
        seen.extend(page.ids());
        if page.header("link") == Some("") {
            return seen;
        }
    }
}

/// The ids of all lines of some agreements, in one bundle.
fn lines_of(caller: &Caller, agreements: &[u32]) -> Vec<u32> {
    let request =
        |id: &u32| format!(r#"{{"resourceType":"addition","apiRequest":{{"parentId":{id},"fields":"id"}}}}"#);
    let requests: Vec<String> = agreements.iter().map(request).collect();
    let body = format!(r#"{{"requests":[{}]}}"#, requests.join(","));
    let reply = caller.send("POST", "system/bundles", &body).json();
    let results = reply.descend(&["results"]).list().unwrap();
    let entities = results.iter().flat_map(|result| result.descend(&["entities"]).list().unwrap());
    entities.map(|line| line.descend(&["id"]).id().unwrap()).collect()
}
