//! The tenant whose page is looked at: six accounts, five companies, and names that try to be markup.

use crate::world::World;

const SEED: &str = r#"
login: { company: story, clientId: story }
members: [{ identifier: trueup, publicKey: story, privateKey: story }]
agreementTypes: [{ id: 5, name: "Backup <img src=x onerror=alert(5)>" }]
products:
  - { id: 31, identifier: BKP-GB, price: 0.45 }
  - { id: 37, identifier: BKP-HYPERV, price: 10 }
integrations:
  - id: 3
    name: Barracuda Intronis
    crossReferences:
      - { id: 11, vendorType: BackupUsage, vendorLevel: Universal, agreementType: 5, product: BKP-GB }
      - { id: 12, vendorType: Hyper-VHostLicensing, vendorLevel: Universal, agreementType: 5, product: BKP-HYPERV }
companies:
  - { id: 71, identifier: Northwind, name: Northwind Traders, customFields: { echo_username: northwind } }
  - { id: 72, identifier: Fabrikam, name: Fabrikam, customFields: { echo_username: fabrikam } }
  - { id: 73, identifier: InStep, name: In Step Dental, customFields: { echo_username: instep } }
  - { id: 74, identifier: "Evil<img src=x onerror=alert(1)>", name: "\u202eslairT <img src=x onerror=alert(2)>", customFields: { echo_username: evil } }
  - { id: 75, identifier: Litware, name: Litware Inc, customFields: { echo_username: litware } }
agreements:
  - { id: 401, name: Northwind Backup, company: 71, type: 5, additions: [{ id: 9001, product: BKP-GB, quantity: 812 }] }
  - { id: 402, name: Fabrikam Backup, company: 72, type: 5, additions: [{ id: 9002, product: BKP-GB, quantity: 280 }] }
  - { id: 403, name: In Step Backup, company: 73, type: 5, additions: [{ id: 9003, product: BKP-GB, quantity: 25 }] }
  - { id: 404, name: "<img src=x onerror=alert(3)>", company: 74, type: 5, additions: [{ id: 9004, product: BKP-GB, quantity: 40 }] }
  - { id: 405, name: Litware Backup, company: 75, type: 5, additions: [{ id: 9005, product: BKP-GB, quantity: 90 }, { id: 9006, product: BKP-HYPERV, quantity: 14 }] }
"#;

const MAPPING: &str = "\
source: intronis
integration: Barracuda Intronis
intronis_backup_plan:
  - { plan: (All plans), level: Universal, usage_value: total }
policy:
  mode: apply
";

/// A tenant that was applied twice and has changes and holds again.
pub fn world() -> World {
    let world = World::seeded(SEED);
    let account = |name: &str, gigabytes: u64, hosts: u32| {
        format!("{name},{name},ACCOUNT,ACTIVE,Pay As You Go,0,{},0,0,{hosts},0", gigabytes << 30)
    };
    let usage = |northwind: u64, fabrikam: u64, evil: u64, hosts: u32| {
        [
            account("northwind", northwind, 0),
            account("fabrikam", fabrikam, 0),
            account("instep", 25, 0),
            account("evil", evil, 0),
            account("litware", 90, hosts),
            account("tailspin", 10, 0),
        ]
    };
    let write = |rows: &[String]| {
        world.accounts(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    };
    world.mapping("backup.yaml", MAPPING);
    write(&usage(812, 300, 44, 14));
    world.commit("Bill backup <img src=x onerror=alert(4)>");
    world.apply();
    write(&usage(812, 290, 40, 14));
    world.apply();
    write(&usage(0, 310, 43, 5));
    world
}
