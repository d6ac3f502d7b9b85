//! Where the standings of all tenants are kept for those who show them.
//!
//! Writers replace a standing whole; readers get one that stays as it was. Nobody waits for anybody.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::Standing;

/// The standings of all tenants. Clones are the same board.
#[derive(Clone, Debug)]
pub struct Board {
    standings: Arc<watch::Sender<BTreeMap<Arc<str>, Arc<Standing>>>>,
}

impl Default for Board {
    fn default() -> Self {
        Self { standings: Arc::new(watch::Sender::new(BTreeMap::new())) }
    }
}

impl Board {
    /// Replaces the standing of its tenant.
    pub fn publish(&self, standing: Standing) {
        let standing = Arc::new(standing);
        self.standings.send_modify(|standings| {
            standings.insert(Arc::clone(&standing.tenant), standing);
        });
    }

    /// Forgets a tenant that the settings have no more.
    pub fn remove(&self, tenant: &str) {
        self.standings.send_modify(|standings| {
            standings.remove(tenant);
        });
    }

    /// How a tenant stands.
    #[must_use]
    pub fn standing(&self, tenant: &str) -> Option<Arc<Standing>> {
        self.standings.borrow().get(tenant).cloned()
    }

    /// How all stand, by name.
    #[must_use]
    pub fn standings(&self) -> Vec<Arc<Standing>> {
        self.standings.borrow().values().cloned().collect()
    }

    /// Is told of every change; changes that come fast are told once.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<BTreeMap<Arc<str>, Arc<Standing>>> {
        self.standings.subscribe()
    }
}
