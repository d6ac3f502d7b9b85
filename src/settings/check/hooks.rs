//! Who may ring: hooks with their secrets, each for tenants that there are.

use std::sync::Arc;

use super::{Checker, is_name};
use crate::problem::{Code, Problem, nearest};
use crate::settings::daemon::{Hook, HookKind};
use crate::settings::document::{HookDocument, HookKindDocument, Written};
use crate::yaml::Node;

/// More secrets than these are no rotation.
const MOST_SECRETS: usize = 4;

impl Checker<'_> {
    /// One hook. `known` are the tenants of the settings.
    pub(super) fn hook(&mut self, node: Node<'_>, hook: HookDocument, known: &[Arc<str>]) -> Option<Hook> {
        let HookDocument { kind, tenants, secrets, branch } = hook;
        let tenants = self.known_tenants(node.key("tenants"), tenants, known);
        let place = node.key("secrets");
        if secrets.len() > MOST_SECRETS {
            let message = format!("a hook has at most {MOST_SECRETS} secrets");
            let hint = "one will do, and a second while it is replaced";
            self.error(Code::InvalidValue, "secrets", place, message, hint);
            return None;
        }
        let all = secrets.len();
        let secrets: Vec<_> = secrets
            .into_iter()
            .enumerate()
            .filter_map(|(index, secret)| self.secret_at("secrets", place.item(index), secret))
            .collect();
        let secrets = (secrets.len() == all).then_some(secrets);
        let kind = hook_kind(kind);
        let branch = branch.map(|Written(branch)| Arc::from(branch));
        if kind == HookKind::Connectwise && branch.is_some() {
            let message = "ConnectWise knows no branches";
            self.error(Code::InvalidValue, "branch", node.key("branch"), message, "leave branch out");
            return None;
        }
        Some(Hook { kind, tenants: tenants?, secrets: secrets?, branch })
    }

    /// Hooks that nobody listens for would be silence that looks like peace, and so would a listener without hooks.
    pub(super) fn hooks_are_heard(&mut self, root: Node<'_>) {
        if let Some(hooks) = root.get("hooks") {
            self.hooks_have_addresses(hooks);
        }
        let hooks = root.get("hooks").is_some_and(|hooks| hooks.keys().next().is_some());
        if !self.problems.is_empty() {
            // What has a flaw is left out of the document, and must not be told to be missing too.
            return;
        }
        match (root.has("hooks_listen"), hooks) {
            (false, true) => {
                let message = "nothing listens for the hooks";
                let hint = "add hooks_listen, such as hooks_listen: 127.0.0.1:8481";
                self.error(Code::InvalidValue, "hooks", root.key("hooks"), message, hint);
            }
            (true, false) => {
                let message = "there are no hooks to listen for";
                let hint = "add hooks, or leave hooks_listen out";
                self.error(Code::InvalidValue, "hooks_listen", root.key("hooks_listen"), message, hint);
            }
            (false, false) | (true, true) => {}
        }
    }

    /// A name is a part of an address, and a forge may write another case or escape a sign.
    fn hooks_have_addresses(&mut self, hooks: Node<'_>) {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        // Those that are no names at all were told already.
        for name in hooks.keys().filter(|name| is_name(name) && !name.bytes().all(fits)) {
            let message = format!("{name:?} is no name for a hook, whose address it is part of");
            let problem = Problem::error(Code::InvalidValue, name, message)
                .with_hint("small letters, digits and hyphens")
                .at(hooks.key(name).key_place());
            self.problems.push(problem);
        }
    }

    /// The tenants that are named, or all.
    pub(super) fn known_tenants(
        &mut self,
        node: Node<'_>,
        written: Vec<Written>,
        known: &[Arc<str>],
    ) -> Option<Vec<Arc<str>>> {
        if written.is_empty() {
            return Some(known.to_vec());
        }
        let tenants: Vec<_> = written
            .iter()
            .enumerate()
            .filter_map(|(index, name)| self.known_tenant(node.item(index), name, known))
            .collect();
        (tenants.len() == written.len()).then_some(tenants)
    }

    /// A tenant that is named.
    pub(super) fn known_tenant(
        &mut self,
        node: Node<'_>,
        Written(name): &Written,
        known: &[Arc<str>],
    ) -> Option<Arc<str>> {
        let found = known.iter().find(|known| known.as_ref() == name);
        if found.is_none() {
            let hint = match nearest(name, known.iter().map(AsRef::as_ref)) {
                Some(near) => format!("did you mean {near}?"),
                None => "name tenants of these settings".to_owned(),
            };
            self.error(Code::InvalidValue, "tenants", node, format!("there is no tenant {name:?}"), hint);
        }
        found.cloned()
    }
}

fn hook_kind(kind: HookKindDocument) -> HookKind {
    match kind {
        HookKindDocument::Github => HookKind::Github,
        HookKindDocument::Gitlab => HookKind::Gitlab,
        HookKindDocument::Gitea => HookKind::Gitea,
        HookKindDocument::Forgejo => HookKind::Forgejo,
        HookKindDocument::Bitbucket => HookKind::Bitbucket,
        HookKindDocument::AzureDevops => HookKind::AzureDevops,
        HookKindDocument::Plain => HookKind::Plain,
        HookKindDocument::Connectwise => HookKind::Connectwise,
    }
}
