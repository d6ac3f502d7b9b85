//! ConnectWise calls back: somebody edits an agreement at the screen, and the daemon looks at once instead of in an hour.
//! What is not proven does nothing.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use trueup::simulator::{AdditionCallbacks, Delivery, DeliveryOutcome, Kind, Role};

use super::world::daemon::Daemon;
use super::world::{QUICK_WRITES, World, close};

const SOURCES: &str = "sources:\n      intronis: { csv: { path: usage/intronis.csv } }";

/// The only agreement, and its only line.
const AGREEMENT: u32 = 401;
const LINE: u32 = 9001;

/// A tenant in step whose daemon listens for ConnectWise.
struct Office {
    world: World,
    hooks: SocketAddr,
}

impl Office {
    /// The hook believes this secret.
    fn believing(secret: impl FnOnce(&World) -> String) -> Self {
        let world = World::in_step();
        let hooks = free_address();
        world.write("secrets/hook", &secret(&world));
        close(&world.path("secrets/hook"));
        let hook = format!(
            "hooks_listen: {hooks}\nhooks:\n  psa: {{ kind: connectwise, secrets: [{{ file: secrets/hook }}] }}\n"
        );
        world.settings(SOURCES, &format!("{QUICK_WRITES}{hook}"));
        Self { world, hooks }
    }

    /// Registers the hook at ConnectWise for all agreements, with more in its address.
    fn register(&self, query: &str) {
        assert!(self.world.simulator().set_role("trueup", Role::everything()));
        let body = format!(
            r#"{{"type":"agreement","level":"owner","objectId":0,"url":"http://{}/hooks/psa?{query}recordId="}}"#,
            self.hooks
        );
        let site = self.world.url();
        let address = site.trim_start_matches("http://");
        let login = STANDARD.encode("story+story:story");
        let head = format!(
            "POST /v4_6_release/apis/3.0/system/callbacks HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {login}\r\nclientId: story"
        );
        assert_eq!(post(address.parse().expect("an address"), &head, &body), "HTTP/1.1 201 Created");
    }

    /// A stranger posts to the hook.
    fn forge(&self, address: &str, signature: &str, body: &str) -> String {
        let head =
            format!("POST {address} HTTP/1.1\r\nHost: {}\r\nx-content-signature: {signature}", self.hooks);
        post(self.hooks, &head, body)
    }

    /// The only callback so far, once it was answered.
    fn callback(&self) -> Delivery {
        let answered = |world: &World| {
            world.simulator().deliveries().iter().any(|delivery| !delivery.attempts.is_empty())
        };
        self.world.wait_until("the callback is answered", answered);
        let deliveries = self.world.simulator().deliveries();
        assert_eq!(deliveries.len(), 1);
        deliveries.into_iter().next().expect("there is one")
    }
}

/// Waits until the daemon looks again and has looked. The timer would ring in an hour.
fn looks_for_a_callback(daemon: &mut Daemon) {
    daemon.says(&["the pass begins", r#""causes":"callback""#]);
    daemon.says(&["the pass ended"]);
}

fn refusals(daemon: &Daemon) -> usize {
    daemon.log.iter().filter(|line| line.contains("hook refused")).count()
}

/// One request; the first line of its answer.
pub fn post(address: SocketAddr, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = body.len();
    write!(
        stream,
        "{head}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .expect("it takes the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer.lines().next().unwrap_or_default().to_owned()
}

/// An address of loopback that nobody listens on.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    listener.local_addr().expect("it has an address")
}

#[test]
fn an_addition_edited_by_hand_is_looked_at_as_soon_as_connectwise_calls_back() {
    let office = Office::believing(|world| world.simulator().signing_key());
    office.register("");
    let simulator = office.world.simulator();
    simulator.change_options(|options| options.addition_callbacks = AdditionCallbacks::Agreement);
    let mut daemon = office.world.daemon();
    daemon.passes("in_step");

    simulator.edit_quantity(LINE, Some(20.into())).expect("there is the line");
    looks_for_a_callback(&mut daemon);

    let callback = office.callback();
    assert_eq!(callback.attempts[0].outcome, DeliveryOutcome::Answered(202));
    assert_eq!(office.world.plan().line("AcmeDental", "BKP-GB")["current"], "20");
}

#[test]
fn a_forged_callback_does_nothing_and_a_true_one_behind_it_rings_at_once() {
    let office = Office::believing(|world| world.simulator().signing_key());
    office.register("");
    let mut daemon = office.world.daemon();
    daemon.passes("in_step");
    let edit = |name: &str| {
        let edited = office.world.simulator().by("jo").edit(Kind::Agreement, AGREEMENT, "name", name);
        edited.expect("there is the agreement");
    };
    edit("Acme cloud backup");
    looks_for_a_callback(&mut daemon);
    let Delivery { url, signature, body, .. } = office.callback();
    let (_, address) = url.split_once(&office.hooks.to_string()).expect("it is the hook's");
    daemon.signal("TERM");
    daemon.ended();

    let mut daemon = office.world.daemon();
    daemon.passes("in_step");
    let other = body.replace("updated", "deleted");
    assert_eq!(office.forge(address, &signature, &other), "HTTP/1.1 404 Not Found", "another body");
    assert_eq!(office.forge(address, &STANDARD.encode([0; 32]), &body), "HTTP/1.1 404 Not Found");
    assert_eq!(office.forge("/hooks/psa?token=guess&recordId=401", "", "{}"), "HTTP/1.1 404 Not Found");
    edit("Acme backup");
    let heard = daemon.says(&["hook heard"]);

    assert!(heard.contains(r#""outcome":"rang""#), "nothing had rung before it: {heard}");
    assert_eq!(refusals(&daemon), 3, "{}", daemon.log.join("\n"));
    looks_for_a_callback(&mut daemon);
    let begun = daemon.log.iter().filter(|line| line.contains("the pass begins")).count();
    assert_eq!(begun, 2, "the first and the one of the true callback: {}", daemon.log.join("\n"));
}

#[test]
fn a_secret_in_the_address_proves_a_callback_that_is_signed_by_an_unknown_key() {
    let secret = "a-secret-that-is-long-enough-for-a-hook";
    let office = Office::believing(|_| secret.to_owned());
    office.register(&format!("token={secret}&"));
    let mut daemon = office.world.daemon();
    daemon.passes("in_step");

    let edited =
        office.world.simulator().by("jo").edit(Kind::Agreement, AGREEMENT, "name", "Acme cloud backup");
    edited.expect("there is the agreement");
    looks_for_a_callback(&mut daemon);

    let callback = office.callback();
    assert_eq!(callback.attempts[0].outcome, DeliveryOutcome::Answered(202));
    assert!(callback.url.ends_with(&format!("?token={secret}&recordId={AGREEMENT}&action=updated")));
    let log =
        fs::read_to_string(office.world.path("trueup.log")).unwrap_or_default() + &daemon.log.join("\n");
    assert!(!log.contains(secret), "the address is not logged");
}
