//! Where the daemon may listen: beyond this machine only encrypted, and only for people it knows.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Checker, settled};
use crate::problem::Code;
use crate::settings::daemon::{Listen, Metrics, Proxy, Tls};
use crate::settings::document::{
    FullListenDocument, ListenDocument, MetricsDocument, ProxyDocument, TlsDocument, Written,
};
use crate::yaml::Node;

/// What keeps strangers out of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeper {
    /// A login.
    Users,
    /// A secret that is set elsewhere, whose key is checked there.
    Secret,
}

impl Checker<'_> {
    pub(super) fn listen(
        &mut self,
        key: &str,
        node: Node<'_>,
        listen: ListenDocument,
        keeper: Keeper,
    ) -> Option<Listen> {
        let (listen, place) = match listen {
            ListenDocument::Address(Written(address)) => {
                (Listen::at(self.address(key, node, &address)?), node)
            }
            ListenDocument::Full(full) => (self.full_listen(node, full)?, node.key("address")),
        };
        self.users_fit(node, &listen, keeper)?;
        self.is_kept(key, place, &listen, keeper).then_some(listen)
    }

    /// The metrics, beside the status page or apart from it, and never without it.
    pub(super) fn metrics(
        &mut self,
        node: Node<'_>,
        metrics: MetricsDocument,
        root: Node<'_>,
    ) -> Option<Metrics> {
        let MetricsDocument { listen, token } = metrics;
        let place = node.key("listen");
        let listen = listen.map(|listen| self.listen("metrics", place, listen, Keeper::Secret));
        let token_is_set = token.is_some();
        let token = token.map(|token| self.secret("token", node, token));
        let (listen, token) = (settled(listen)?, settled(token)?);
        if listen.as_ref().is_some_and(|listen| !is_loopback(listen)) && !token_is_set {
            let message = "metrics would be open to everybody who reaches this address";
            let hint = "add a token: metrics: { listen: …, token: { file: … } }";
            self.error(Code::InvalidValue, "metrics", place, message, hint);
            return None;
        }
        if !root.has("listen") && self.problems.is_empty() {
            let message = "metrics go with a status page, and there is none";
            let hint = "add one, such as listen: 127.0.0.1:8480";
            self.error(Code::InvalidValue, "metrics", node, message, hint);
            return None;
        }
        Some(Metrics { listen, token })
    }

    fn full_listen(&mut self, node: Node<'_>, listen: FullListenDocument) -> Option<Listen> {
        let FullListenDocument { address: Written(address), tls, proxy, names, users } = listen;
        let address = self.address("address", node.key("address"), &address);
        let tls = tls.map(|tls| self.tls(node.key("tls"), &tls));
        let proxy = proxy.map(|proxy| self.proxy(node.key("proxy"), proxy));
        let names = self.host_names(node.key("names"), names);
        let users = users.map(|users| self.path(node.key("users"), &users));
        Some(Listen {
            address: address?,
            tls: settled(tls)?,
            proxy: settled(proxy)?,
            names: names?,
            users: settled(users)?,
        })
    }

    fn address(&mut self, key: &str, node: Node<'_>, text: &str) -> Option<SocketAddr> {
        let address = text.parse().ok();
        if address.is_none() {
            let message = format!("{key} is no address with a port");
            let hint = "write both in numbers, such as 127.0.0.1:8480 or [::1]:8480";
            self.error(Code::InvalidValue, key, node, message, hint);
        }
        address
    }

    fn tls(&mut self, node: Node<'_>, tls: &TlsDocument) -> Option<Tls> {
        let certificate: Option<PathBuf> = self.path(node.key("certificate"), &tls.certificate);
        let key = self.path(node.key("key"), &tls.key);
        Some(Tls { certificate: certificate?, key: key? })
    }

    fn proxy(&mut self, node: Node<'_>, written: ProxyDocument) -> Option<Proxy> {
        let ProxyDocument { addresses: written, user_header } = written;
        let mut addresses = Vec::new();
        for (index, Written(text)) in written.iter().enumerate() {
            match text.parse() {
                Ok(address) => addresses.push(address),
                Err(_) => {
                    let message = "addresses holds what is no address";
                    let hint = "write each alone, in numbers and without a port or network, such as 10.0.0.5";
                    let place = node.key("addresses").item(index);
                    self.error(Code::InvalidValue, "addresses", place, message, hint);
                }
            }
        }
        let is_header = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if let Some(Written(name)) = user_header.as_ref().filter(|name| !is_header(&name.0)) {
            let message = format!("{name:?} is no name of a header");
            let hint = "write it as the proxy sends it, such as X-Forwarded-User";
            self.error(Code::InvalidValue, "user_header", node.key("user_header"), message, hint);
            return None;
        }
        let user_header = user_header.map(|Written(name)| name.into());
        (addresses.len() == written.len()).then_some(Proxy { addresses, user_header })
    }

    fn host_names(&mut self, node: Node<'_>, written: Vec<Written>) -> Option<Vec<Arc<str>>> {
        let all = written.len();
        let mut names: Vec<Arc<str>> = Vec::new();
        for (index, Written(name)) in written.into_iter().enumerate() {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            if name.len() <= 253 && name.bytes().all(fits) && !name.starts_with(['-', '.']) {
                names.push(name.to_ascii_lowercase().into());
            } else {
                let message = "names holds what is no host name";
                let hint = "write it as browsers do, without scheme and port, such as trueup.example.com";
                self.error(Code::InvalidValue, "names", node.item(index), message, hint);
            }
        }
        (names.len() == all).then_some(names)
    }

    /// A login is for people: programs that ring or read metrics have a secret instead.
    fn users_fit(&mut self, node: Node<'_>, listen: &Listen, keeper: Keeper) -> Option<()> {
        if keeper == Keeper::Secret && listen.users.is_some() {
            let message = "users is for the status page";
            let hint = "leave it out: who asks here shows a secret";
            self.error(Code::InvalidValue, "users", node.key("users"), message, hint);
            return None;
        }
        Some(())
    }

    /// Beyond loopback nothing is readable on the way, and beyond this machine nobody looks without a name. A proxy takes a
    /// loopback address beyond this machine.
    fn is_kept(&mut self, key: &str, place: Node<'_>, listen: &Listen, keeper: Keeper) -> bool {
        if is_loopback(listen) && listen.proxy.is_none() {
            return true;
        }
        let encrypted = listen.tls.is_some() || listen.proxy.is_some();
        let at_the_proxy = listen.proxy.as_ref().is_some_and(|proxy| proxy.user_header.is_some());
        let known = match keeper {
            Keeper::Users => listen.users.is_some() || at_the_proxy,
            Keeper::Secret => true,
        };
        let flaw = match (encrypted, known) {
            (true, true) => return true,
            (false, true) => "is not a loopback address, and has neither tls nor a proxy",
            (true, false) if is_loopback(listen) => "is reached through a proxy, and has no users",
            (true, false) => "is not a loopback address, and has no users",
            (false, false) => "is not a loopback address, and has neither tls or a proxy nor users",
        };
        let example = match keeper {
            Keeper::Users if is_loopback(listen) => {
                format!("{key}: {{ …, users: … }}, or user_header in its proxy when people log in there")
            }
            Keeper::Users => {
                format!("{key}: {{ address: …, tls: {{ certificate: …, key: … }}, users: … }}, or 127.0.0.1")
            }
            Keeper::Secret => {
                format!("{key}: {{ address: …, tls: {{ certificate: …, key: … }} }}, or 127.0.0.1")
            }
        };
        self.error(Code::InvalidValue, key, place, format!("{key} {flaw}"), format!("write {example}"));
        false
    }
}

fn is_loopback(listen: &Listen) -> bool {
    listen.address.ip().is_loopback()
}
