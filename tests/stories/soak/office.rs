//! The people at the office of the soak: they have ConnectWise call back, and give rights back that were lost.
//!
//! Callbacks are lost, come twice and overtake each other all the time. Whether the daemon looks because of one is its
//! own log's to say.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use trueup::simulator::{AdditionCallbacks, CallbackFault, DeliveryOutcome, Role};

use super::chance::Chance;
use super::shop::OFFICE;
use crate::callbacks::{free_address, post};
use crate::world::{World, close};

/// How long a right is missing before somebody notices.
const UNNOTICED: Duration = Duration::from_secs(3);

/// The office.
pub struct Office {
    hooks: SocketAddr,
    chance: Chance,
    given_back: u64,
    missing: Option<Instant>,
}

impl Office {
    /// The office of a provider whose daemon is to listen for callbacks.
    pub fn open(world: &World, chance: Chance) -> Self {
        let hooks = free_address();
        world.write("secrets/hook", &world.simulator().signing_key());
        close(&world.path("secrets/hook"));
        Self { hooks, chance, given_back: 0, missing: None }
    }

    /// What the daemon's settings say of it.
    pub fn settings(&self) -> String {
        let hook = "{ kind: connectwise, secrets: [{ file: secrets/hook }] }";
        format!("hooks_listen: {}\nhooks:\n  psa: {hook}\n", self.hooks)
    }

    /// Has ConnectWise call back for every agreement, also when an addition of it changes.
    pub fn register(&self, world: &World) {
        let simulator = world.simulator();
        assert!(simulator.set_role(OFFICE, Role::everything()));
        simulator.change_options(|options| options.addition_callbacks = AdditionCallbacks::Agreement);
        let body = format!(
            r#"{{"type":"agreement","level":"owner","objectId":0,"url":"http://{}/hooks/psa?recordId="}}"#,
            self.hooks
        );
        let site = world.url();
        let address = site.trim_start_matches("http://");
        let head = format!(
            "POST /v4_6_release/apis/3.0/system/callbacks HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Basic {}\r\nclientId: story",
            STANDARD.encode("story+office:office")
        );
        assert_eq!(post(address.parse().expect("an address"), &head, &body), "HTTP/1.1 201 Created");
    }

    /// Another while of it.
    pub fn go_on(&mut self, world: &World) {
        let kinds = [CallbackFault::Twice, CallbackFault::Late, CallbackFault::Lost];
        if world.simulator().callback_faults_left() == 0 {
            let kind = kinds[usize::try_from(self.chance.below(3)).expect("it is below three")];
            world.simulator().fail_callbacks(kind, 1);
        }
        let counts = world.simulator().fault_counts();
        let lost = counts.iter().filter(|count| count.fault == "permissionRemoved");
        let lost: u64 = lost.map(|count| count.bitten).sum();
        if lost == self.given_back {
            return;
        }
        if self.missing.get_or_insert_with(Instant::now).elapsed() >= UNNOTICED {
            self.give_back(world);
            self.given_back = lost;
        }
    }

    /// Gives back every right.
    pub fn give_back(&mut self, world: &World) {
        assert!(world.simulator().set_role("trueup", Role::default()));
        self.missing = None;
    }

    /// Every callback that was not lost was taken the first time, and each of its faults has happened.
    pub fn check(&self, world: &World, log: &[String]) {
        let deliveries = world.simulator().deliveries();
        let attempts = || deliveries.iter().flat_map(|delivery| &delivery.attempts);
        let refused = attempts().filter(|attempt| attempt.outcome != DeliveryOutcome::Answered(202)).count();
        let faults: BTreeSet<&str> = deliveries.iter().filter_map(|delivery| delivery.fault).collect();
        println!("  {} callbacks, {} of them taken, {faults:?}", deliveries.len(), attempts().count());
        assert_eq!(refused, 0, "callbacks that the daemon did not take: {deliveries:?}");
        assert_eq!(faults.len(), 3, "faults of callbacks that never happened prove nothing");
        let heard = |line: &String| line.contains("the pass begins") && line.contains("callback");
        assert!(log.iter().any(heard), "the daemon never looked because of a callback");
    }
}
