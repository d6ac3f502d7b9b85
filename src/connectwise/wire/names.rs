//! Keeps one copy of every name that repeats from record to record.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// The names met so far. Only looked up, never iterated.
#[derive(Debug, Default)]
pub struct Names {
    met: HashSet<Arc<str>, RandomState>,
}

impl Names {
    /// The shared copy of a name.
    pub fn intern(&mut self, name: &str) -> Arc<str> {
        if let Some(met) = self.met.get(name) {
            return Arc::clone(met);
        }
        let name = Arc::<str>::from(name);
        self.met.insert(Arc::clone(&name));
        name
    }
}
