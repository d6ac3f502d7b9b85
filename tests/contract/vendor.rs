//! The vendor's own description, where somebody has put it beside this repository. It is not ours and not part of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::description::Description;

/// The folder that holds it, for whom it does not lie beside the checkout.
const FOLDER: &str = "TRUEUP_CONNECTWISE_SPECIFICATION";

/// The part of it that is usable for tools, where it is there.
pub fn practical() -> Option<&'static Description> {
    static PRACTICAL: OnceLock<Option<Description>> = OnceLock::new();
    PRACTICAL.get_or_init(|| read("openapi-subset-practical.json")).as_ref()
}

/// All of it, where it is there. Large.
pub fn full() -> Option<Description> {
    read("connectwise-openapi-full.json")
}

/// Whether it is used, in words.
pub fn told() -> String {
    match (practical(), folder()) {
        (Some(_), Some(folder)) => {
            format!("the vendor's description is used beside ours: {}", folder.display())
        }
        (Some(_) | None, _) => format!(
            "the vendor's description is not used, only ours: it is neither in the folder {FOLDER} nor beside the checkout"
        ),
    }
}

/// A folder that somebody names must have it: else a slip in the name would pass for a check.
fn read(name: &str) -> Option<Description> {
    let path = folder()?.join(name);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if std::env::var_os(FOLDER).is_some() => panic!("{FOLDER}: {}: {error}", path.display()),
        Err(_) => return None,
    };
    Some(Description::read(serde_json::from_str(&text).expect("the vendor's description is JSON")))
}

/// `shared/connectwise` beside the checkout, or beside a folder that holds it.
fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let beside = |ancestor: &Path| ancestor.join("shared/connectwise");
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    checkout.ancestors().skip(1).map(beside).find(|folder| folder.is_dir())
}
