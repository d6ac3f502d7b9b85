//! The daemon shows itself where the settings say, and nowhere else.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::world::World;
use super::world::plain::account;

/// Longer than this a daemon does not take to do what it is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

const SOURCES: &str = "sources:\n      intronis: { csv: { path: usage/intronis.csv } }";

/// A daemon that runs, and is ended when the story is.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(world: &World) -> Self {
        let log = fs::File::create(world.path("log")).expect("a file can be made");
        let mut command: Command = world.command(&["run", "--log-level", "trace"]);
        Self(command.stderr(log).stdout(Stdio::null()).spawn().expect("the program starts"))
    }

    /// Asks it to end, and gives how it did.
    fn end(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg(self.0.id().to_string()).status().expect("kill runs");
        assert!(killed.success());
        self.0.wait().expect("it can be waited for").code()
    }
}

fn log(world: &World) -> String {
    fs::read_to_string(world.path("log")).unwrap_or_default()
}

/// Waits for something that comes soon.
fn wait_for<T>(world: &World, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} never came:\n{}", log(world));
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// A port that was free a moment ago.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    listener.local_addr().expect("it has an address")
}

fn ask(address: SocketAddr, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

fn get(address: SocketAddr, path: &str) -> Option<String> {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: text/html\r\n\r\n"),
    )
}

/// The addresses that a process listens on, as the system knows them.
fn listening(process: u32) -> Vec<String> {
    let links = fs::read_dir(format!("/proc/{process}/fd")).expect("it runs").flatten();
    let sockets: Vec<String> = links
        .filter_map(|link| fs::read_link(link.path()).ok())
        .filter_map(|target| Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        let text = fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let is_ours = sockets.iter().any(|socket| words.get(9) == Some(&socket.as_str()));
            if words.get(3) == Some(&"0A") && is_ours {
                found.push(words[1].to_owned());
            }
        }
    }
    found
}

#[test]
fn a_daemon_shows_page_status_health_and_metrics_where_it_was_told_to() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let address = free();
    world.settings(SOURCES, &format!("listen: {address}\n"));
    let daemon = Running::start(&world);

    let status = wait_for(&world, "a plan", || {
        get(address, "/status.json").filter(|answer| {
            answer.contains("\"planned\"") && answer.contains("BKP-GB") || answer.contains("\"update\":1")
        })
    });

    assert!(status.starts_with("HTTP/1.1 200"), "{status}");
    for (path, says) in [("/livez", ""), ("/readyz", ""), ("/metrics", "trueup_build_info"), ("/", "story")] {
        let answer = get(address, path).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(says), "{path}: {answer}");
    }
    assert!(log(&world).contains(&format!("http://{address}/")), "it says where: {}", log(&world));
    assert_eq!(world.quantity(9001), "25", "the mode is observe");
    assert_eq!(daemon.end(), Some(0), "{}", log(&world));
}

#[test]
fn requests_that_nobody_answers_show_among_the_metrics() {
    let world = World::in_step();
    let (address, nowhere) = (free(), free());
    world.settings(SOURCES, &format!("listen: {address}\n"));
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
    world.write("trueup.yaml", &settings.replace(&world.url(), &format!("http://{nowhere}")));
    let _daemon = Running::start(&world);

    let unanswered = "trueup_requests_total{tenant=\"story\",peer=\"connectwise\",code=\"none\"}";
    let metrics = wait_for(&world, "a request without an answer", || {
        get(address, "/metrics").filter(|metrics| metrics.contains(unanswered))
    });

    assert!(metrics.contains("trueup_git_fetches_total{tenant=\"story\",result=\"ok\"} 0"), "{metrics}");
}

#[test]
fn sec_n1_nothing_listens_that_the_settings_do_not_name_and_what_does_is_on_loopback() {
    let silent = World::in_step();
    let daemon = Running::start(&silent);
    wait_for(&silent, "the start", || log(&silent).contains("started").then_some(()));
    assert_eq!(listening(daemon.0.id()), Vec::<String>::new());
    drop(daemon);

    let world = World::in_step();
    let (page, metrics) = (free(), free());
    world.settings(SOURCES, &format!("listen: {page}\nmetrics: {{ listen: {metrics} }}\n"));
    let daemon = Running::start(&world);
    wait_for(&world, "the metrics", || get(metrics, "/metrics"));
    let addresses = listening(daemon.0.id());

    assert_eq!(addresses.len(), 2, "{addresses:?}");
    assert!(addresses.iter().all(|address| address.starts_with("0100007F:")), "{addresses:?}");
    assert!(get(page, "/metrics").is_some_and(|answer| answer.starts_with("HTTP/1.1 404")));
}

#[test]
fn an_address_that_is_taken_ends_the_start_with_one_clear_error() {
    let world = World::in_step();
    let taken = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    let address = taken.local_addr().expect("it has an address");
    world.settings(SOURCES, &format!("listen: {address}\n"));

    let ran = world.run(&["run", "--log-level", "off"]);

    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("{address} cannot be listened on")), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
}

#[test]
fn sec_n2_a_page_that_everybody_could_read_is_refused_with_4() {
    let world = World::in_step();
    world.settings(SOURCES, "listen: 0.0.0.0:0\n");

    let ran = world.run(&["run", "--log-level", "off"]);

    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("neither tls or a proxy nor users"), "{}", ran.stderr);
}

#[test]
fn a_hook_that_is_proven_makes_the_daemon_look_again() {
    let world = World::in_step();
    let (page, hooks) = (free(), free());
    world.write("secrets/hook", &"hook-secret-".repeat(4));
    fs::set_permissions(world.path("secrets/hook"), fs::Permissions::from_mode(0o600)).expect("it is ours");
    world.settings(
        SOURCES,
        &format!(
            "listen: {page}\nhooks_listen: {hooks}\nhooks: {{ forge: {{ kind: gitlab, secrets: [ {{ file: secrets/hook }} ] }} }}\n"
        ),
    );
    let daemon = Running::start(&world);
    wait_for(&world, "the first pass", || {
        get(page, "/readyz").filter(|answer| answer.starts_with("HTTP/1.1 200"))
    });
    let ring = |secret: &str| {
        let head = format!("POST /hooks/forge HTTP/1.1\r\nHost: {hooks}\r\nConnection: close\r\n");
        ask(
            hooks,
            &format!(
                "{head}X-Gitlab-Token: {secret}\r\nX-Gitlab-Event: Push Hook\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
            ),
        )
    };

    let forged = ring("no").expect("it answers");
    let proven = ring(&"hook-secret-".repeat(4)).expect("it answers");

    assert!(forged.starts_with("HTTP/1.1 404"), "{forged}");
    assert!(proven.starts_with("HTTP/1.1 202"), "{proven}");
    wait_for(&world, "the event", || log(&world).contains("\"event\":\"hook\"").then_some(()));
    assert!(!log(&world).contains("hook-secret"), "{}", log(&world));
    assert_eq!(daemon.end(), Some(0));
}

#[test]
fn a_user_is_a_line_that_the_page_takes_and_the_password_is_in_no_argument() {
    let world = World::in_step();
    world.write("password", "correct horse\n");
    let password = fs::File::open(world.path("password")).expect("it was written");

    let output = world.command(&["user", "anna"]).stdin(password).output().expect("it starts");

    let line = String::from_utf8(output.stdout).expect("it is text");
    assert!(line.starts_with("anna:$argon2id$") && line.lines().count() == 1, "{line}");
    assert!(!line.contains("horse"));
    assert_eq!(world.run(&["user", "an:na"]).code, Some(64));
    assert_eq!(world.run(&["user", "anna"]).code, Some(64), "there is no password");
}
