//! The smallest tenant in step: one company, one agreement, one line.

use super::World;

/// One company whose one line bills 25 GB at 0.50, as used.
pub const SEED: &str = "\
login: { company: story, clientId: story }
members: [{ identifier: trueup, publicKey: story, privateKey: story }]
agreementTypes: [{ id: 5, name: Barracuda Backup }]
products:
  - { id: 31, identifier: BKP-GB, price: 0.50 }
  - { id: 37, identifier: BKP-HYPERV, price: 10 }
integrations:
  - id: 3
    name: Barracuda Intronis
    crossReferences:
      - { id: 11, vendorType: BackupUsage, vendorLevel: Universal, agreementType: 5, product: BKP-GB }
companies: [{ id: 71, identifier: AcmeDental, name: Acme Dental, customFields: { echo_username: acme_dental } }]
agreements:
  - { id: 401, name: Acme Backup, company: 71, type: 5, additions: [{ id: 9001, product: BKP-GB, quantity: 25 }] }
";

/// The row that bills every plan's gigabytes.
pub const MAPPING: &str = "\
source: intronis
integration: Barracuda Intronis
intronis_backup_plan:
  - { plan: (All plans), level: Universal, usage_value: total }
";

/// An account with so many gigabytes.
pub fn account(username: &str, gigabytes: u64) -> String {
    format!("{username},{username},ACCOUNT,ACTIVE,Pay As You Go,0,{},0,0,0,0", gigabytes << 30)
}

impl World {
    /// The smallest tenant in step, committed.
    pub fn in_step() -> Self {
        let world = Self::seeded(SEED);
        world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 25)]).commit("Bill backup");
        world
    }
}
