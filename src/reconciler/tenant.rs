//! A tenant, resolved from the settings: where its mappings, its usage and its ConnectWise are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::sources::Source;

/// One ConnectWise instance with its mapping repository and usage sources.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its name in the settings.
    pub name: Arc<str>,
    /// Where its mappings are.
    pub repository: Repository,
    /// Its usage sources.
    pub sources: BTreeMap<Arc<str>, Source>,
}

/// Where mappings are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// A clone, a working directory, or a plain folder.
    pub path: PathBuf,
    /// The mapping folder in it.
    pub folder: String,
}
