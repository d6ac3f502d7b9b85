//! Tenants against each other: each is a ConnectWise of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Checker;
use crate::problem::Code;
use crate::settings::Tenant;
use crate::yaml::Node;

impl Checker<'_> {
    /// Two tenants of one ConnectWise would each undo what the other writes. Its login company is the same in any case.
    pub(super) fn tenants_are_apart(&mut self, node: Node<'_>, tenants: &BTreeMap<Arc<str>, Tenant>) {
        let mut known: BTreeMap<(Arc<str>, String), &Arc<str>> = BTreeMap::new();
        for (name, Tenant { connectwise, .. }) in tenants {
            let instance = (Arc::clone(&connectwise.site), connectwise.company.to_ascii_lowercase());
            let Some(first) = known.get(&instance).copied() else {
                known.insert(instance, name);
                continue;
            };
            let message = format!("tenants {first} and {name} are the same ConnectWise");
            let hint = "put their mappings into one repository, and leave one of the tenants out";
            let place = node.key(name).key("connectwise").key("company");
            self.error(Code::InvalidValue, "company", place, message, hint);
        }
    }
}
