//! Settings that are well formed, against what they mean: paths, sites, secrets and times.

mod alerts;
mod hooks;
mod listen;
mod proxy;
mod repository;
mod tenants;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::document::{
    ConnectWiseDocument, SecretDocument, SettingsDocument, SourceDocument, TenantDocument, WriteKeysDocument,
    WritesDocument, Written, WrittenDuration,
};
use super::secret::{Kept, Secret};
use super::{
    ConnectWiseAccess, OutboundProxy, PrivateAddresses, STALE_AFTER, Settings, Source, Tenant, WriteKeys,
    WriteTimes, duration, site,
};
use crate::problem::{Code, Problem};
use crate::yaml::{Document, Node, looks_like_secret};
use listen::Keeper;

/// How often the daemon makes a full pass where nobody says otherwise: drift is then found within the hour.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// The settings that a document means. With any problem they are refused as a whole; `None` where nothing could be made.
pub(super) fn check(
    value: SettingsDocument,
    document: &Document,
    base: &Path,
    problems: &mut Vec<Problem>,
) -> Option<Settings> {
    let mut checker = Checker { base, problems, proxy: None };
    let SettingsDocument {
        tenants,
        journal,
        writes,
        listen,
        metrics,
        hooks_listen,
        hooks,
        alerts,
        proxy,
        proxy_login,
        stale_after,
        every,
    } = value;
    let root = document.root();
    let proxy = checker.outbound_proxy(root, proxy, proxy_login);
    checker.proxy = proxy.clone().flatten();
    let journal = journal
        .map_or_else(|| Some(base.join("trueup.db")), |journal| checker.path(root.key("journal"), &journal));
    let times = checker.times(root.get("writes"), writes, WriteTimes::default());
    let every = checker.duration("every", root, every, EVERY);
    let site = root.key("tenants");
    checker.demand_a_tenant(site, &tenants);
    let mut named = checker
        .named("tenant", site, tenants, |checker, node, tenant| checker.tenant(node, tenant, times, every));
    checker.tenants_are_apart(site, &named);
    journal.iter().for_each(|journal| checker.place_clones(site, &mut named, journal));
    // By what is written, so that a tenant with a flaw is not told to be missing too.
    let known: Vec<Arc<str>> = site.keys().map(Arc::from).collect();
    let listen =
        listen.and_then(|listen| checker.listen("listen", root.key("listen"), listen, Keeper::Users));
    let metrics = metrics.and_then(|metrics| checker.metrics(root.key("metrics"), metrics, root));
    let hooks_listen = hooks_listen
        .and_then(|listen| checker.listen("hooks_listen", root.key("hooks_listen"), listen, Keeper::Secret));
    let hooks = checker
        .named("hook", root.key("hooks"), hooks, |checker, node, hook| checker.hook(node, hook, &known));
    checker.hooks_are_heard(root);
    let alerts = checker.named("alert", root.key("alerts"), alerts, |checker, node, alert| {
        checker.alert(node, alert, &known)
    });
    let stale_after = checker.duration("stale_after", root, stale_after, STALE_AFTER);
    Some(Settings {
        tenants: named,
        journal: journal?,
        listen,
        metrics,
        hooks_listen,
        hooks,
        alerts,
        proxy: proxy?,
        stale_after: stale_after?,
    })
}

struct Checker<'a> {
    base: &'a Path,
    problems: &'a mut Vec<Problem>,
    /// The proxy of whoever names none.
    proxy: Option<OutboundProxy>,
}

impl Checker<'_> {
    fn demand_a_tenant(&mut self, node: Node<'_>, tenants: &BTreeMap<String, TenantDocument>) {
        if tenants.is_empty() && self.problems.is_empty() {
            let hint = "add one; trueup init writes a first one";
            self.error(Code::InvalidValue, "tenants", node, "there is no tenant", hint);
        }
    }

    fn error(
        &mut self,
        code: Code,
        subject: &str,
        node: Node<'_>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.problems.push(Problem::error(code, subject, message).with_hint(hint).at(node.place()));
    }

    /// The entries of a map of names.
    fn named<T, U>(
        &mut self,
        what: &str,
        node: Node<'_>,
        entries: BTreeMap<String, T>,
        mut make: impl FnMut(&mut Self, Node<'_>, T) -> Option<U>,
    ) -> BTreeMap<Arc<str>, U> {
        let mut made = BTreeMap::new();
        for (name, entry) in entries {
            let node = node.key(&name);
            if !is_name(&name) {
                let message = format!("{name:?} is no name for a {what}");
                let hint = "up to 64 letters, digits, hyphens, underscores and points";
                self.problems.push(
                    Problem::error(Code::InvalidValue, &*name, message).with_hint(hint).at(node.key_place()),
                );
            }
            if let Some(entry) = make(self, node, entry) {
                made.insert(name.into(), entry);
            }
        }
        made
    }

    fn tenant(
        &mut self,
        node: Node<'_>,
        tenant: TenantDocument,
        times: Option<WriteTimes>,
        every: Option<Duration>,
    ) -> Option<Tenant> {
        let TenantDocument { repository, connectwise, sources, writes, every: own } = tenant;
        let repository = self.repository(node.key("repository"), repository);
        let connectwise = self.connectwise(node.key("connectwise"), connectwise);
        let place = node.key("sources");
        if sources.is_empty() {
            let hint = "add one, such as intronis: { csv: { path: usage/intronis.csv } }";
            self.error(Code::InvalidValue, "sources", place, "the tenant has no usage source", hint);
        }
        let sources = self.named("source", place, sources, Self::source);
        // Wrong times were told once already, and must not hide what this tenant says.
        let times = self.times(node.get("writes"), writes, times.unwrap_or_default());
        let every = self.duration("every", node, own, every.unwrap_or(EVERY));
        Some(Tenant {
            repository: repository?,
            connectwise: connectwise?,
            sources,
            writes: times?,
            every: every?,
        })
    }

    fn connectwise(&mut self, node: Node<'_>, access: ConnectWiseDocument) -> Option<ConnectWiseAccess> {
        let ConnectWiseDocument {
            site: Written(site),
            company,
            client_id,
            public_key,
            private_key,
            write_keys,
            ca_file,
            requests_a_minute,
            reads_at_once,
            allow_private_addresses,
            proxy,
            proxy_login,
        } = access;
        let site = match site::check(&site) {
            Ok(site) => Some(Arc::from(site)),
            Err(site::Refusal { code, message, hint }) => {
                self.error(code, "site", node.key("site"), message, hint);
                None
            }
        };
        let client_id = self.secret("client_id", node, client_id);
        let public_key = self.secret("public_key", node, public_key);
        let private_key = self.secret("private_key", node, private_key);
        let write_keys = write_keys.map(|keys| self.write_keys(node.key("write_keys"), keys));
        let ca_file = ca_file.map(|path| self.path(node.key("ca_file"), &path));
        let requests_a_minute = self.within("requests_a_minute", node, requests_a_minute, 800, 20..=10_000);
        let reads_at_once = self.within("reads_at_once", node, reads_at_once, 4, 1..=16);
        let proxy = self.outbound_proxy(node, proxy, proxy_login);
        Some(ConnectWiseAccess {
            site: site?,
            company: company.0.into(),
            client_id: client_id?,
            public_key: public_key?,
            private_key: private_key?,
            write_keys: settled(write_keys)?,
            ca_file: settled(ca_file)?,
            requests_a_minute: requests_a_minute?,
            reads_at_once: reads_at_once?,
            private_addresses: match allow_private_addresses {
                Some(true) => PrivateAddresses::Allowed,
                Some(false) | None => PrivateAddresses::Refused,
            },
            proxy: proxy?.or_else(|| self.proxy.clone()),
        })
    }

    /// A number between two others.
    fn within(
        &mut self,
        key: &str,
        parent: Node<'_>,
        number: Option<u32>,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let number = number.unwrap_or(default);
        if range.contains(&number) {
            return Some(number);
        }
        let (least, most) = range.into_inner();
        let hint = format!("write a number from {least} to {most}, or leave it out for {default}");
        self.error(Code::InvalidValue, key, parent.key(key), format!("{key} is {number}"), hint);
        None
    }

    fn write_keys(&mut self, node: Node<'_>, keys: WriteKeysDocument) -> Option<WriteKeys> {
        let WriteKeysDocument { public_key, private_key } = keys;
        let public_key = self.secret("public_key", node, public_key);
        let private_key = self.secret("private_key", node, private_key);
        Some(WriteKeys { public_key: public_key?, private_key: private_key? })
    }

    fn secret(&mut self, key: &str, access: Node<'_>, secret: SecretDocument) -> Option<Secret> {
        self.secret_at(key, access.key(key), secret)
    }

    fn secret_at(&mut self, key: &str, node: Node<'_>, secret: SecretDocument) -> Option<Secret> {
        let kept = match secret {
            SecretDocument::File(path) => Kept::File(self.path(node.key("file"), &path)?),
            SecretDocument::Env(Written(name)) => {
                // Narrower than systems allow, so that a key that was pasted here is not taken for a name.
                let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
                let starts = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
                if !(starts && name.bytes().all(fits)) || looks_like_secret(&name) {
                    let message = format!("env of {key} names no environment variable");
                    let hint = "write its name, in capitals, such as TRUEUP_CONNECTWISE_PRIVATE_KEY";
                    self.error(Code::SecretInFile, "env", node.key("env"), message, hint);
                    return None;
                }
                Kept::Environment(name)
            }
        };
        Some(Secret { kept, place: node.place() })
    }

    fn source(&mut self, node: Node<'_>, source: SourceDocument) -> Option<Source> {
        match source {
            SourceDocument::Json(json) => {
                let path = self.path(node.key("json").key("path"), &json.path);
                Some(Source::Json { path: path? })
            }
            SourceDocument::Csv(csv) => {
                let node = node.key("csv");
                let path = self.path(node.key("path"), &csv.path);
                let seats = csv.seats.map(|seats| self.path(node.key("seats"), &seats));
                let metrics: Vec<Arc<str>> =
                    csv.metrics.into_iter().map(|Written(name)| name.into()).collect();
                for (index, metric) in metrics.iter().enumerate() {
                    if metrics[..index].contains(metric) {
                        let place = node.key("metrics").item(index);
                        self.error(
                            Code::DuplicateKey,
                            metric,
                            place,
                            "the metric is named twice",
                            "name it once",
                        );
                    }
                }
                Some(Source::Csv { path: path?, seats: settled(seats)?, metrics })
            }
        }
    }

    /// A path, relative to the settings file.
    fn path(&mut self, node: Node<'_>, Written(path): &Written) -> Option<PathBuf> {
        let flaw = match path {
            path if path.starts_with('~') => Some(("~ stands for no home here", "write the whole path")),
            path if path.contains("://") => {
                Some(("a path is no address", "name a file or folder of this machine"))
            }
            path if path.contains('\0') => Some(("a path holds no NUL character", "write the path again")),
            _ => None,
        };
        match flaw {
            None => Some(self.base.join(path)),
            Some((message, hint)) => {
                self.error(Code::InvalidValue, "path", node, message, hint);
                None
            }
        }
    }

    fn times(
        &mut self,
        node: Option<Node<'_>>,
        writes: Option<WritesDocument>,
        default: WriteTimes,
    ) -> Option<WriteTimes> {
        let (Some(node), Some(writes)) = (node, writes) else { return Some(default) };
        let WritesDocument { request_timeout, send_by, latest_landing, read_lag, settle } = writes;
        let mut time = |key, written, default| self.duration(key, node, written, default);
        let request_timeout = time("request_timeout", request_timeout, default.request_timeout);
        let send_by = time("send_by", send_by, default.send_by);
        let latest_landing = time("latest_landing", latest_landing, default.latest_landing);
        let read_lag = time("read_lag", read_lag, default.read_lag);
        let settle = time("settle", settle, default.settle);
        let times = WriteTimes {
            request_timeout: request_timeout?,
            send_by: send_by?,
            latest_landing: latest_landing?,
            read_lag: read_lag?,
            settle: settle?,
        };
        if times.latest_landing < times.request_timeout {
            let message = "latest_landing is shorter than request_timeout";
            let hint = "a request that is still under way has not landed yet";
            self.error(Code::InvalidValue, "latest_landing", node.key("latest_landing"), message, hint);
            return None;
        }
        if times.settle <= times.latest_landing + times.read_lag {
            let message = "settle must be longer than latest_landing and read_lag together";
            let hint = "a shorter one would take a write for lost that is still to come";
            self.error(Code::InvalidValue, "settle", node.key("settle"), message, hint);
            return None;
        }
        Some(times)
    }

    fn duration(
        &mut self,
        key: &str,
        node: Node<'_>,
        written: Option<WrittenDuration>,
        default: Duration,
    ) -> Option<Duration> {
        let Some(WrittenDuration(text)) = written else { return Some(default) };
        match duration::parse(&text) {
            Ok(duration) => Some(duration),
            Err(flaw) => {
                self.error(
                    Code::InvalidValue,
                    key,
                    node.key(key),
                    format!("{key} {flaw}"),
                    duration::EXAMPLE,
                );
                None
            }
        }
    }
}

/// Whether a text can name a tenant or a source: in files, in the journal and on the command line.
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&name.len()) && name.bytes().all(fits) && !name.starts_with(['-', '.'])
}

/// What was not written stays so; what was written and is wrong is nothing at all.
fn settled<T>(checked: Option<Option<T>>) -> Option<Option<T>> {
    checked.map_or(Some(None), |value| value.map(Some))
}
