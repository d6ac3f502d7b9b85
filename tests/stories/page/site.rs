//! The page of a story's tenant, served on loopback, and a client that sends exactly what it is told.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use trueup::connectwise::{ConnectWise, Options};
use trueup::journal::Journal;
use trueup::mapping::Mode;
use trueup::reconciler::standing::{
    Board, Commits, Event, Marked, Pass, PassResult, Phase, Planned, RepositoryStanding, SourceStanding,
    Standing, Tally,
};
use trueup::reconciler::{Repository, Revision, Tenant, observe, read_local};
use trueup::sources::Source;
use trueup::usage::SourceReading;
use trueup::web::{Listen, Token, Web, WebOptions, hash_password};

use super::tenant::world;
use crate::world::World;

/// What stands only in names of companies, accounts, agreements and products.
pub const CANARIES: [&str; 7] = ["Northwind", "Fabrikam", "Evil", "onerror", "northwind", "fabrikam", "BKP"];

/// The page, served until it is dropped.
pub struct Site {
    pub addresses: Vec<SocketAddr>,
    pub instance: String,
    board: Board,
    planned: Arc<Planned>,
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    at: usize,
    world: Arc<World>,
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

impl Site {
    /// The page as it is by default.
    pub fn open() -> Self {
        Self::serve(|_, options| options)
    }

    /// With a login: ada, whose password is `correct horse`.
    pub fn with_users() -> Self {
        Self::serve(|world, options| {
            let hash = hash_password("correct horse").expect("the story's page can be served and asked");
            world.write("users", &format!("ada:{hash}\n"));
            close(&world.path("users"));
            WebOptions { page: Listen { users: Some(world.path("users")), ..options.page }, ..options }
        })
    }

    pub fn with_token(token: &str) -> Self {
        Self::serve(|_, options| WebOptions { token: Some(Token::new(token)), ..options })
    }

    pub fn with_metrics_apart() -> Self {
        Self::serve(|_, options| WebOptions { metrics: Some(options.page.clone()), ..options })
    }

    fn serve(change: impl FnOnce(&World, WebOptions) -> WebOptions) -> Self {
        let world = world();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("the story's page can be served and asked");
        let planned = Arc::new(runtime.block_on(planned(&world)));
        let board = Board::default();
        let instance = format!("story at {}", world.url());
        board.publish(standing(&planned, &instance));
        board.publish(fresh());
        let page = Listen {
            address: "127.0.0.1:0".parse().expect("the story's page can be served and asked"),
            ..Listen::default()
        };
        let options = change(&world, WebOptions { page, ..WebOptions::default() });
        let web = runtime
            .block_on(Web::bind(&options, &board, &world.path("trueup.db")))
            .expect("the story's page can be served and asked");
        let addresses = web.addresses();
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(web.serve(async {
            let _ = stopped.await;
        }));
        let world = Arc::new(world);
        Self { addresses, instance, board, planned, runtime: Some(runtime), stop: Some(stop), at: 0, world }
    }

    /// The same page at another of its addresses.
    pub fn at(&self, at: usize) -> Self {
        Self {
            addresses: self.addresses.clone(),
            instance: self.instance.clone(),
            board: self.board.clone(),
            planned: Arc::clone(&self.planned),
            runtime: None,
            stop: None,
            at,
            world: Arc::clone(&self.world),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses[self.at])
    }

    /// The page of the line whose names are markup.
    pub fn line(&self) -> String {
        "/t/story/line/Evil%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E/BKP-GB".to_owned()
    }

    /// The number of the tenant's first run.
    pub fn run(&self) -> i64 {
        let reader = Journal::read(&self.world.path("trueup.db"))
            .expect("the story's page can be served and asked")
            .expect("it was applied");
        let runs = reader
            .runs("story", Timestamp::UNIX_EPOCH, 100)
            .expect("the story's page can be served and asked");
        runs.last().expect("it was applied").id.0
    }

    /// The page of that run.
    pub fn run_path(&self) -> String {
        format!("/t/story/runs/{}", self.run())
    }

    pub fn held(&self) -> usize {
        self.planned.summary.hold
    }

    /// The tenant without a plan has had its first pass.
    pub fn fresh_had_a_pass(&self) {
        let now = Timestamp::now();
        let mut fresh = fresh();
        fresh.last_success = BTreeMap::from([(Phase::Mappings, now)]);
        self.board.publish(fresh);
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, "")
    }

    pub fn get_with(&self, path: &str, headers: &str) -> Answer {
        self.send("GET", path, "", headers)
    }

    pub fn post(&self, path: &str, body: &str) -> Answer {
        self.post_with(path, body, "sec-fetch-site: same-origin\r\n")
    }

    pub fn post_with(&self, path: &str, body: &str, headers: &str) -> Answer {
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        self.send("POST", path, body, &format!("{form}{headers}"))
    }

    pub fn log_in(&self, name: &str, password: &str, headers: &str) -> Answer {
        self.post_with("/login", &format!("name={name}&password={}", password.replace(' ', "+")), headers)
    }

    pub fn send(&self, method: &str, path: &str, body: &str, headers: &str) -> Answer {
        let address = self.addresses[self.at];
        let mut stream = TcpStream::connect(address).expect("the story's page can be served and asked");
        stream.set_read_timeout(Some(super::PATIENCE)).expect("the story's page can be served and asked");
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("the story's page can be served and asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the story's page can be served and asked");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("and a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }
}

async fn planned(world: &World) -> Planned {
    let now = Timestamp::now();
    let csv = Source::Csv {
        path: world.path("usage/intronis.csv"),
        seats: Some(world.path("usage/seats.csv")),
        metrics: Vec::new(),
    };
    let repository = Repository {
        path: world.path("billing"),
        folder: "mappings".to_owned(),
        branch: None,
        signers: None,
        remote: None,
    };
    let tenant =
        Tenant { name: "story".into(), repository, sources: BTreeMap::from([("intronis".into(), csv)]) };
    let reader = Journal::read(&world.path("trueup.db"))
        .expect("the story's page can be served and asked")
        .expect("it was applied");
    let history = reader.memory("story", now).expect("the story's page can be served and asked");
    let local = read_local(&tenant, &Revision::Commit("HEAD".to_owned()), None, history, now)
        .expect("the story's page can be served and asked");
    let options = Options::new(world.url(), "story", "story".into(), "story".into(), "story".into());
    let connectwise = ConnectWise::connect(options).await.expect("the story's page can be served and asked");
    let observation =
        observe(local, &connectwise, &|_| ()).await.expect("the story's page can be served and asked");
    let plan = observation.plan(&tenant, now);
    let (summary, digest, problems) = (plan.summary, plan.digest.as_str().into(), plan.problems.clone());
    let mut held_value = BTreeMap::new();
    for line in &plan.lines {
        if let Some(reason) = line.reasons.first() {
            held_value.insert(reason.code, line.monthly_delta);
        }
    }
    drop(plan);
    Planned { at: now, tenant, observation, summary, digest, problems, held_value }
}

fn standing(planned: &Arc<Planned>, instance: &str) -> Standing {
    let now = planned.at;
    let commit: Arc<str> = planned.observation.local.mappings.commit.as_str().into();
    let marked = Some(Marked { commit: Arc::clone(&commit), at: now });
    let sources = planned.observation.local.usage.iter().map(|reading| match reading {
        SourceReading::Read(snapshot) => SourceStanding {
            source: snapshot.source.clone(),
            as_of: Some(snapshot.as_of),
            accounts: snapshot.accounts.len(),
            complete: snapshot.complete,
        },
        SourceReading::Failed(failure) => panic!("usage cannot be read: {failure:?}"),
    });
    let mut tally = Tally { fetches: 3, ..Tally::default() };
    Phase::ALL.into_iter().for_each(|phase| tally.took(phase, std::time::Duration::from_millis(40)));
    tally.passes.insert(PassResult::Held, 3);
    tally.requests.extend([(200, 41), (0, 1)]);
    Standing {
        mode: Mode::Apply,
        repository: RepositoryStanding { place: "billing".into(), looked_at: Some(now), stale: false },
        commits: Commits { seen: marked.clone(), planned: marked, applied: Some(commit), refused: None },
        sources: sources.collect(),
        last_pass: Some(Pass {
            number: 3,
            causes: vec![Event::UsageArrived, Event::Timer],
            began_at: now,
            ended_at: now,
            result: PassResult::Held,
            written: 2,
        }),
        last_success: Phase::ALL.into_iter().map(|phase| (phase, now)).collect(),
        planned: Some(Arc::clone(planned)),
        next_pass_at: Some(now + std::time::Duration::from_secs(3600)),
        tally,
        ..empty("story", instance)
    }
}

/// A tenant of which nothing is known yet.
fn fresh() -> Standing {
    empty("fresh", "fresh at nowhere")
}

fn empty(tenant: &str, instance: &str) -> Standing {
    Standing {
        tenant: tenant.into(),
        instance: instance.into(),
        mode: Mode::default(),
        since: Timestamp::now(),
        suspension: None,
        repository: RepositoryStanding::default(),
        commits: Commits::default(),
        sources: Vec::new(),
        last_pass: None,
        last_success: BTreeMap::new(),
        trouble: None,
        planned: None,
        in_doubt: 0,
        next_pass_at: None,
        tally: Tally::default(),
    }
}

/// Asks Prometheus's own checker, where it is installed.
pub fn promtool(metrics: &str) {
    let started = Command::new("promtool")
        .args(["check", "metrics", "--extended"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut checker) = started else {
        crate::required::missing("promtool");
        return;
    };
    // It reads the older text format, which has no end mark.
    let text = metrics.replace("# EOF\n", "");
    checker
        .stdin
        .take()
        .expect("it was piped")
        .write_all(text.as_bytes())
        .expect("the story's page can be served and asked");
    let checked = checker.wait_with_output().expect("the story's page can be served and asked");
    let told = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(!told.contains("error"), "{told}\n{text}");
}

fn close(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .expect("the story's page can be served and asked");
}
