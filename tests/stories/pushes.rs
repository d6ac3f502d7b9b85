//! From a push to a real git server to the PATCH at ConnectWise: over HTTP with a hook, over SSH by the poll, and through
//! an invalid push, its fix, a force push, and a server that goes down and comes back.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::world::daemon::Daemon;
use super::world::forge::{Forge, Mood, Shell, git};
use super::world::plain::{MAPPING, account};
use super::world::{QUICK_WRITES, World};

const SOURCES: &str = "sources:\n      intronis: { csv: { path: usage/intronis.csv } }";
const SECRET: &str = "a secret that is long enough for a hook";
const LOGIN: Option<&str> = Some("x-access-token:story");

/// What a person at a desk waits for at most, once the daemon knows or looks.
const SOON: Duration = Duration::from_secs(2);

/// Mappings that bill gigabytes times nothing less than all: each text is another commit with another quantity.
fn mappings(rounding: &str) -> String {
    MAPPING.replace("usage_value: total", &format!("usage_value: total, rounding: {rounding}"))
        + "policy: { mode: apply }\n"
}

const AS_IT_IS: &str = "{ mode: nearest, decimals: 2 }";
const UP: &str = "{ mode: up, decimals: 0 }";
const DOWN: &str = "{ mode: down, decimals: 0 }";

/// A tenant whose mappings are on a server, with a desk to push from.
struct Office {
    world: World,
    desk: PathBuf,
    hooks: SocketAddr,
    /// What git is told before its verb when it pushes.
    way: Vec<String>,
}

impl Office {
    /// On a server over HTTP that wants a token.
    fn over_http(forge: &Forge, poll: &str) -> Self {
        let origin = forge.url().replace("http://", "http://x-access-token:story@");
        Self::new(&forge.url(), &origin, "access: { token: { file: secrets/key } }", poll, &[])
    }

    /// Uses 25.5 GB, billed so. `access` is how the daemon reads the repository at `url`, `poll` how often; `way` is what
    /// git is told before its verb when it pushes to `origin`.
    fn new(url: &str, origin: &str, access: &str, poll: &str, way: &[&str]) -> Self {
        let world = World::in_step();
        world.settings(SOURCES, QUICK_WRITES);
        world.accounts(&[
            &account("acme_dental", 25).replace(&(25_u64 << 30).to_string(), &(51_u64 << 29).to_string())
        ]);
        let hooks = free_address();
        world.write("secrets/hook", SECRET);
        super::world::close(&world.path("secrets/hook"));
        let settings = fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
        let repository = format!("repository: {{ url: \"{url}\", branch: main, poll: {poll}, {access} }}");
        let settings = settings.replace("repository: { path: billing, folder: mappings }", &repository);
        let listen = format!(
            "hooks_listen: {hooks}\nhooks:\n  forge: {{ kind: github, secrets: [{{ file: secrets/hook }}], branch: main }}\n"
        );
        world.write("trueup.yaml", &(settings + &listen));
        let desk = world.path("billing");
        git(&desk, &["config", "user.name", "desk"]);
        git(&desk, &["config", "user.email", "desk@example.com"]);
        git(&desk, &["remote", "add", "origin", origin]);
        let way = way.iter().map(|word| (*word).to_owned()).collect();
        let office = Self { world, desk, hooks, way };
        office.push(&mappings(AS_IT_IS), "Let the daemon write");
        office
    }

    /// Starts the daemon, which writes what the first push changed and sees that it is so.
    fn in_step(&self) -> Daemon {
        let mut daemon = self.world.daemon();
        daemon.passes("applied");
        daemon.passes("in_step");
        daemon
    }

    /// Commits the mappings and pushes them.
    fn push(&self, text: &str, message: &str) -> String {
        let commit = self.world.mapping("backup.yaml", text).commit(message);
        let way = self.way.iter().map(String::as_str);
        let push: Vec<&str> = way.chain(["push", "-q", "--force", "origin", "HEAD:main"]).collect();
        git(&self.desk, &push);
        commit
    }

    /// Tells the daemon of a push as GitHub does.
    fn ring(&self) -> String {
        let body = r#"{"ref":"refs/heads/main"}"#;
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length will do");
        mac.update(body.as_bytes());
        let signature: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut stream = TcpStream::connect(self.hooks).expect("hooks are listened for");
        write!(
            stream,
            "POST /hooks/forge HTTP/1.1\r\nHost: {}\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: sha256={signature}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.hooks,
            body.len()
        )
        .expect("it takes the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer.lines().next().unwrap_or_default().to_owned()
    }

    fn quantity(&self) -> String {
        self.world.quantity(9001)
    }

    /// Waits until so much is billed, and tells how long that took.
    fn billed(&self, quantity: &str) -> Duration {
        let start = Instant::now();
        self.world.wait_until(&format!("{quantity} is billed"), |world| world.quantity(9001) == quantity);
        start.elapsed()
    }
}

/// An address of loopback that nobody listens on.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    listener.local_addr().expect("it has an address")
}

#[test]
fn a_push_is_billed_within_two_seconds_of_its_hook() {
    let forge = Forge::plain(LOGIN);
    // A poll would come far too late.
    let office = Office::over_http(&forge, "1h");
    let _daemon = office.in_step();
    assert_eq!(office.quantity(), "25.5");

    office.push(&mappings(UP), "Whole gigabytes");
    assert_eq!(office.ring(), "HTTP/1.1 202 Accepted");
    let took = office.billed("26");

    assert!(took < SOON, "{took:?}");
    eprintln!("from the hook to the PATCH: {took:?}");
    assert_eq!(office.world.writes().len(), 2, "one write a push that changed something");
}

#[test]
fn a_push_over_ssh_is_billed_within_two_seconds_of_the_poll() {
    let Some(shell) = Shell::start() else { return };
    let forge = Forge::plain(None);
    let url = shell.url(&forge.repository());
    let access = format!(
        "access: {{ ssh: {{ key: {}, known_hosts: {} }} }}",
        shell.path("user").display(),
        shell.path("known_hosts").display()
    );
    let poll = Duration::from_secs(1);
    let ssh = format!(
        "core.sshCommand=ssh -F /dev/null -i {} -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile={}",
        shell.path("user").display(),
        shell.path("known_hosts").display()
    );
    let office = Office::new(&url, &url, &access, "1s", &["-c", &ssh]);
    let _daemon = office.in_step();

    office.push(&mappings(UP), "Whole gigabytes");
    let took = office.billed("26");

    // A poll comes up to a tenth later than it is set.
    assert!(took < poll + poll / 10 + SOON, "{took:?}");
    eprintln!("from the push to the PATCH, polling every second over SSH: {took:?}");
}

#[test]
fn e1_a_daemon_that_starts_while_the_server_is_down_plans_and_does_not_write_until_it_has_looked() {
    let forge = Forge::plain(LOGIN);
    let office = Office::over_http(&forge, "1s");
    let mut daemon = office.in_step();
    daemon.signal("TERM");
    daemon.ended();
    forge.behave(Mood::Moved("http://127.0.0.1:9/".to_owned()));
    office.world.accounts(&[&account("acme_dental", 26)]);

    let mut next = office.world.daemon();
    next.passes("planned");
    assert_eq!(office.quantity(), "25.5", "what an earlier process fetched may be of any age");

    forge.behave(Mood::Well);
    office.push(&mappings(UP), "Whole gigabytes");
    office.billed("26");
}

#[test]
fn the_life_of_a_branch_is_followed_and_never_guessed_at() {
    let forge = Forge::plain(LOGIN);
    let office = Office::over_http(&forge, "1s");
    let mut daemon = office.in_step();

    push_that_is_invalid(&office, &mut daemon);
    server_that_is_down(&office, &forge, &mut daemon);
    history_that_was_rewritten(&office, &mut daemon);
}

/// It is refused whole, and the mappings of before stay in force until the fix.
fn push_that_is_invalid(office: &Office, daemon: &mut Daemon) {
    let bad = office.push(&mappings(UP).replace("level:", "levle:"), "A slip");
    daemon.says(&["is refused", &bad]);
    assert_eq!(office.quantity(), "25.5");

    office.push(&mappings(UP), "The fix");
    office.billed("26");
    daemon.says(&["in force again"]);
}

/// Nothing changes while it cannot be reached, and what was pushed meanwhile is found when it is back.
fn server_that_is_down(office: &Office, forge: &Forge, daemon: &mut Daemon) {
    forge.behave(Mood::Moved("http://127.0.0.1:9/".to_owned()));
    office.world.mapping("backup.yaml", &mappings(DOWN)).commit("Whole gigabytes, rounded down");
    forge.take(&office.desk, "main");
    daemon.says(&["has moved to"]);
    assert_eq!(office.quantity(), "26");

    forge.behave(Mood::Well);
    office.billed("25");
}

/// A branch that does not descend from what was applied holds every line.
fn history_that_was_rewritten(office: &Office, daemon: &mut Daemon) {
    git(&office.desk, &["checkout", "-q", "--orphan", "other"]);
    office.push(&mappings(UP), "Another history");

    daemon.passes("held");

    assert_eq!(office.quantity(), "25");
    assert_eq!(office.world.plan().short("AcmeDental", "BKP-GB"), "hold 25 -> 26 history");
}
