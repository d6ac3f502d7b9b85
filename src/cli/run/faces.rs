//! What the daemon shows and hears: the status page with its metrics, the hooks, and the notices that it sends.
//!
//! Turns settings into what those rooms take, opens everything before the first pass, and says where it listens. What is
//! shown, believed or told is decided there.

mod notices;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::super::{Exit, Failure};
use crate::connectwise::Paces;
use crate::problem::Problem;
use crate::reconciler::standing::Board;
use crate::reconciler::{Queue, Stop};
use crate::settings::daemon::{Hook, Listen, Metrics};
use crate::settings::{self, Settings};
use crate::web::hooks::{self, Hooks, SHORTEST_SECRET};
use crate::web::{self, Limits, ListenerOptions, Token, Web, WebError, WebOptions, load_tls};
use secrecy::ExposeSecret as _;

/// How long requests and notices under way may take once all is to end.
const GRACE: Duration = Duration::from_secs(3);

/// The queues of the tenants that are kept in step now, by name. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Bells(Arc<RwLock<BTreeMap<Arc<str>, Queue>>>);

impl Bells {
    /// From now on these are rung.
    pub(super) fn set(&self, queues: BTreeMap<Arc<str>, Queue>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = queues;
    }

    fn get(&self, tenant: &str) -> Option<Queue> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned()
    }
}

/// Everything that was opened. It serves until it is closed.
pub(super) struct Faces {
    stop: Stop,
    tasks: JoinSet<()>,
}

impl Faces {
    /// Opens what the settings name: from here on every address is taken and every file was read.
    pub(super) async fn open(
        settings: &Settings,
        board: &Board,
        bells: &Bells,
        paces: &Paces,
    ) -> Result<Self, Failure> {
        let mut faces = Self { stop: Stop::default(), tasks: JoinSet::new() };
        let page = match &settings.listen {
            Some(listen) => Some(faces.page(listen, settings, board).await?),
            None => None,
        };
        if let Some(listen) = &settings.hooks_listen {
            faces.hooks(listen, &settings.hooks, bells.clone()).await?;
        }
        if !settings.alerts.is_empty() {
            let options = notices::options(settings, page, paces)?;
            let (board, stop) = (board.clone(), faces.stop.clone());
            info!(told = options.notifiers.len(), "notices are sent");
            faces.tasks.spawn(crate::alerts::run(board, options, stop));
        }
        Ok(faces)
    }

    /// Ends what serves, each after the requests that are under way.
    pub(super) async fn close(mut self) {
        self.stop.request();
        let all_ended = async { while self.tasks.join_next().await.is_some() {} };
        // What has not ended by then is cut: nothing is written here.
        let _ = tokio::time::timeout(GRACE, all_ended).await;
    }

    /// The page and the metrics. Gives the page's address, for people.
    async fn page(&mut self, listen: &Listen, settings: &Settings, board: &Board) -> Result<String, Failure> {
        let Metrics { listen: metrics, token } = settings.metrics.clone().unwrap_or_default();
        let token = token.as_ref().map(settings::secret::resolve).transpose().map_err(unusable)?;
        let options = WebOptions {
            page: listener(listen),
            metrics: metrics.as_ref().map(listener),
            token: token.map(|token| Token::new(token.expose_secret())),
        };
        let web = Web::bind(&options, board, &settings.journal).await?;
        let addresses = web.addresses();
        let page = shown(listen, addresses.first().copied());
        info!("the status page is at {page}/");
        if let (Some(metrics), Some(address)) = (&metrics, addresses.get(1)) {
            info!("the metrics are at {}/metrics", shown(metrics, Some(*address)));
        }
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            if let Err(broken) = web.serve(async move { stop.wait().await }).await {
                error!("the status page is served no more: {broken}");
            }
        });
        Ok(page)
    }

    async fn hooks(
        &mut self,
        listen: &Listen,
        wanted: &BTreeMap<Arc<str>, Hook>,
        bells: Bells,
    ) -> Result<(), Failure> {
        let hooks = wanted.iter().map(|(name, hook)| resolved(name, hook)).collect::<Result<Vec<_>, _>>()?;
        let hooks = Hooks::new(hooks, move |tenant, event| {
            if let Some(queue) = bells.get(tenant) {
                queue.push(event);
            }
        });
        let web::Listen { address, tls, proxy, names, users: _ } = listener(listen);
        let limits = Limits { body_bytes: Limits::WEBHOOK_BODY_BYTES, ..Limits::default() };
        let tls = tls.as_ref().map(load_tls).transpose()?;
        let options = ListenerOptions { names, tls, proxy, limits };
        let socket =
            TcpListener::bind(address).await.map_err(|source| WebError::Listen { address, source })?;
        info!("hooks are heard at {}/hooks/NAME", shown(listen, socket.local_addr().ok()));
        let (routes, stop) = (hooks.router(), self.stop.clone());
        self.tasks.spawn(async move {
            if let Err(broken) = web::serve(socket, routes, options, async move { stop.wait().await }).await {
                error!("hooks are heard no more: {broken}");
            }
        });
        Ok(())
    }
}

/// What changed in the settings and is not heeded before the next start.
pub(super) fn warn_of_changes(before: &Settings, after: &Settings) {
    let same = (&before.listen, &before.metrics, &before.hooks_listen, &before.hooks, &before.alerts)
        == (&after.listen, &after.metrics, &after.hooks_listen, &after.hooks, &after.alerts);
    if !same {
        warn!("listeners, hooks and alerts stay what they are until the next start");
    }
}

/// A hook with its secrets. One that is too easily guessed is refused: its address would not be there.
fn resolved(name: &Arc<str>, hook: &Hook) -> Result<hooks::Hook, Failure> {
    let mut secrets = Vec::new();
    for kept in &hook.secrets {
        let secret = settings::secret::resolve(kept).map_err(unusable)?;
        if !hooks::is_good_enough(hook.kind, &secret) {
            let message = format!("a secret of the hook {name} is shorter than {SHORTEST_SECRET} bytes");
            let problem = Problem::error(crate::problem::Code::InvalidValue, &**name, message)
                .with_hint("make one with: openssl rand -hex 32")
                .at(kept.place.clone());
            return Err(unusable(problem));
        }
        secrets.push(secret);
    }
    Ok(hooks::Hook {
        name: Arc::clone(name),
        kind: hook.kind,
        tenants: hook.tenants.clone(),
        secrets,
        branch: hook.branch.clone(),
    })
}

fn unusable(problem: Problem) -> Failure {
    Failure::problems(Exit::Invalid, "The secrets of the settings cannot be used", vec![problem])
}

fn listener(listen: &Listen) -> web::Listen {
    let Listen { address, tls, proxy, names, users } = listen;
    web::Listen {
        address: *address,
        tls: tls.as_ref().map(|tls| web::Tls { certificate: tls.certificate.clone(), key: tls.key.clone() }),
        proxy: proxy.as_ref().map(|proxy| web::Proxy {
            addresses: proxy.addresses.clone(),
            user_header: proxy.user_header.as_ref().map(|header| header.to_string()),
        }),
        names: names.iter().map(|name| name.to_string()).collect(),
        users: users.clone(),
    }
}

/// The address as people write it, by the name it goes by.
fn shown(listen: &Listen, taken: Option<SocketAddr>) -> String {
    let address = taken.unwrap_or(listen.address);
    match (listen.names.first(), &listen.tls, &listen.proxy) {
        (Some(name), _, Some(_)) => format!("https://{name}"),
        (Some(name), Some(_), None) => format!("https://{name}:{}", address.port()),
        (None, Some(_), _) => format!("https://{address}"),
        (Some(_), None, None) | (None, None, _) => format!("http://{address}"),
    }
}

impl From<WebError> for Failure {
    fn from(error: WebError) -> Self {
        let (exit, hint) = match &error {
            WebError::Listen { .. } => {
                (Exit::Unexpected, "Another program may listen there; name another address in the settings")
            }
            WebError::Unsafe { .. } => {
                (Exit::Invalid, "Add tls or a proxy, and users, or listen on 127.0.0.1")
            }
            WebError::OpenToOthers { .. } => (Exit::Invalid, "Close it: chmod 600"),
            WebError::Unreadable { .. } | WebError::Unusable { .. } => {
                (Exit::Invalid, "Relative paths start at the settings file")
            }
        };
        Self::new(exit, error.to_string()).with_hint(hint)
    }
}
