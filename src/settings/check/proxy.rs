//! A proxy as written: an address without a path or a password, and a login that names its password as a secret.

use super::Checker;
use crate::problem::Code;
use crate::settings::OutboundProxy;
use crate::settings::document::{ProxyLoginDocument, Written};
use crate::yaml::Node;

/// What to write.
const EXAMPLE: &str = "write scheme, host and port, such as http://proxy.example:3128";

impl Checker<'_> {
    /// The proxy named at a node. The outer `None`: there is one, and it is wrong.
    pub(super) fn outbound_proxy(
        &mut self,
        node: Node<'_>,
        proxy: Option<Written>,
        login: Option<ProxyLoginDocument>,
    ) -> Option<Option<OutboundProxy>> {
        let Some(Written(url)) = proxy else {
            if login.is_some() {
                let message = "proxy_login goes with proxy, and there is none";
                let place = node.key("proxy_login");
                self.error(
                    Code::InvalidValue,
                    "proxy_login",
                    place,
                    message,
                    "leave it out, or name a proxy",
                );
                return None;
            }
            return Some(None);
        };
        let login = login.map(|ProxyLoginDocument { username: Written(user), password }| {
            let password = self.secret("password", node.key("proxy_login"), password)?;
            Some((user.into(), password))
        });
        let url = match flaw(&url) {
            None => Some(url.strip_suffix('/').unwrap_or(&url).into()),
            Some((code, message, hint)) => {
                self.error(code, "proxy", node.key("proxy"), message, hint);
                None
            }
        };
        Some(Some(OutboundProxy { url: url?, login: super::settled(login)? }))
    }
}

/// What is wrong with a proxy's address. None of it is repeated, since a password may be part of it.
fn flaw(url: &str) -> Option<(Code, &'static str, &'static str)> {
    let Some(("http" | "https", rest)) = url.split_once("://") else {
        return Some((Code::InvalidValue, "proxy must begin with http:// or https://", EXAMPLE));
    };
    if rest.contains('@') {
        let hint = "put them into proxy_login: { username: …, password: { file: … } }";
        return Some((Code::SecretInFile, "proxy holds a user or a password", hint));
    }
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let is_odd = |letter: char| matches!(letter, '/' | '?' | '#' | '\\') || letter.is_whitespace();
    if host.is_empty() || host.contains(is_odd) {
        return Some((Code::InvalidValue, "proxy is no scheme, host and port", EXAMPLE));
    }
    None
}
