//! Decides whether a delivery is surely about other branches only, so that looking would be for nothing.
//!
//! All that is ever asked of what a delivery says. What cannot be read, or is not understood in every part, is in doubt,
//! and a doubt rings. Which commit it names, who pushed and what changed is never looked at: the fetch says.

use serde_json::Value;

use super::verify::Verified;
use crate::settings::daemon::HookKind;

/// What a delivery is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// Surely other branches or tags only.
    Elsewhere,
    /// The branch, or nobody can say.
    MaybeHere,
}

/// What a delivery is about, as seen from a branch.
pub(super) fn aim(verified: &Verified<'_>, branch: &str) -> Aim {
    let here = format!("refs/heads/{}", branch.strip_prefix("refs/heads/").unwrap_or(branch));
    match references(verified) {
        Some(names) if !names.is_empty() && !names.contains(&here) => Aim::Elsewhere,
        Some(_) | None => Aim::MaybeHere,
    }
}

/// The full names of all references that were pushed to. `None` when one of them is not understood.
fn references(verified: &Verified<'_>) -> Option<Vec<String>> {
    let read = || serde_json::from_slice::<Value>(verified.body()).ok();
    let names = match verified.kind() {
        HookKind::Github | HookKind::Gitlab | HookKind::Gitea | HookKind::Forgejo | HookKind::Plain => {
            vec![text(read()?.get("ref")?)?]
        }
        HookKind::Bitbucket => {
            let body = read()?;
            match body.get("push") {
                Some(push) => each(push.get("changes")?, cloud_change)?.into_iter().flatten().collect(),
                None => each(body.get("changes")?, |change| text(change.get("ref")?.get("id")?))?,
            }
        }
        HookKind::AzureDevops => {
            each(read()?.get("resource")?.get("refUpdates")?, |update| text(update.get("name")?))?
        }
        HookKind::Connectwise => return None,
    };
    names.iter().all(|name| name.starts_with("refs/")).then_some(names)
}

/// The references of one change as Bitbucket Cloud tells it: before and after, either of which may be `null`.
fn cloud_change(change: &Value) -> Option<Vec<String>> {
    let sides = [change.get("old"), change.get("new")];
    sides.into_iter().flatten().filter(|side| !side.is_null()).map(cloud_reference).collect()
}

fn cloud_reference(side: &Value) -> Option<String> {
    let name = side.get("name")?.as_str()?;
    match side.get("type")?.as_str()? {
        "branch" => Some(format!("refs/heads/{name}")),
        "tag" => Some(format!("refs/tags/{name}")),
        _ => None,
    }
}

fn each<T>(list: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    list.as_array()?.iter().map(read).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
