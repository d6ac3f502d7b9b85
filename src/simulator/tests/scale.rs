//! Ten thousand agreements are no reason to wait.

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

    let (mut after, mut seen) = (0, 0);
    loop {
        let page = caller.get(&format!("finance/agreements?pageSize=1000&fields=id&pageId={after}"));
        let ids = page.ids();
        seen += ids.len();
        after = ids.last().copied().unwrap_or(after);
        if page.header("link") == Some("") {
            break;
        }
    }

    assert_eq!(seen, 10_000);
    assert_eq!(caller.get("finance/agreements/59000/additions").ids().len(), 5);
}
