//! A way to ConnectWise that is shut just when a write is to be sent: surely not sent, and tried again soon.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{SOURCES, history, outcomes, said, settle, until};
use crate::world::plain::account;
use crate::world::{QUICK_WRITES, Ran, World};

/// A door before the simulator. It shuts while the addition is read again, so that the write after it finds nobody.
struct Door {
    address: SocketAddr,
    state: Arc<State>,
    far_end: String,
}

#[derive(Default)]
struct State {
    is_to_shut: AtomicBool,
    is_shut: AtomicBool,
}

impl Door {
    fn before(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
        let address = listener.local_addr().expect("it has an address");
        let far_end = world.url().trim_start_matches("http://").to_owned();
        let door = Self { address, state: Arc::default(), far_end };
        door.guard(listener);
        let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
        world.write("trueup.yaml", &settings.replace(&world.url(), &format!("http://{address}")));
        door
    }

    fn guard(&self, listener: TcpListener) {
        let (state, far_end) = (Arc::clone(&self.state), self.far_end.clone());
        listener.set_nonblocking(true).expect("it can look without waiting");
        thread::spawn(move || {
            while !state.is_to_shut.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => pass(stream, &far_end, Arc::clone(&state)),
                    Err(_) => thread::park_timeout(Duration::from_millis(1)),
                }
            }
            drop(listener);
            state.is_shut.store(true, Ordering::SeqCst);
        });
    }

    fn is_shut(&self) -> bool {
        self.state.is_shut.load(Ordering::SeqCst)
    }

    /// Opens it for good.
    fn open(&self) {
        let listener = TcpListener::bind(self.address).expect("the port is still ours");
        let far_end = self.far_end.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                pass(stream, &far_end, Arc::default());
            }
        });
    }
}

/// Passes a connection on. One that reads the addition again shuts the door first, where that is watched.
fn pass(stream: TcpStream, far_end: &str, state: Arc<State>) {
    stream.set_nonblocking(false).expect("it can wait");
    let far = TcpStream::connect(far_end).expect("the simulator listens");
    let (mut back_from, mut back_to) =
        (far.try_clone().expect("it can be shared"), stream.try_clone().expect("it can be shared"));
    thread::spawn(move || {
        let _ = std::io::copy(&mut back_from, &mut back_to);
        let _ = back_to.shutdown(Shutdown::Both);
    });
    let (mut from, mut to) = (stream, far);
    thread::spawn(move || {
        let mut bytes = [0; 16 << 10];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if String::from_utf8_lossy(&bytes[..read]).contains("/additions/9001") {
                state.is_to_shut.store(true, Ordering::SeqCst);
                while Arc::strong_count(&state) > 1 && !state.is_shut.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
            }
            if to.write_all(&bytes[..read]).is_err() {
                return;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

/// The smallest tenant, reached through a door from the first day on, whose line is to change from 25 to 27.
fn behind_a_door() -> (World, Door) {
    let world = World::in_step();
    world.settings(SOURCES, QUICK_WRITES);
    let door = Door::before(&world);
    assert_eq!(world.apply().code, Some(0));
    world.accounts(&[&account("acme_dental", 27)]);
    (world, door)
}

#[test]
fn b3_a_write_that_finds_no_connection_is_surely_not_sent_and_tried_again_with_growing_pauses() {
    let (world, door) = behind_a_door();
    let mut command = world.command(&["apply", "--yes"]);
    let applying = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    until("two tries found nobody", || {
        outcomes(&world).iter().filter(|word| **word == "not sent").count() >= 2
    });

    door.open();
    let ran = Ran::from(applying.wait_with_output().expect("it ends"));

    assert_eq!(ran.code, Some(0), "{}", said(&ran));
    assert_eq!((world.quantity(9001).as_str(), world.write_requests().len()), ("27", 1), "it arrived once");
    let words = outcomes(&world);
    let (last, before) = words.split_last().expect("it was meant");
    assert_eq!(*last, "applied");
    assert!(before.len() >= 2 && before.iter().all(|word| *word == "not sent"), "{words:?}");
    let at: Vec<_> = history(&world).iter().map(|entry| entry.intent.at).collect();
    let pauses: Vec<Duration> =
        at.windows(2).map(|two| two[1].duration_since(two[0]).unsigned_abs()).collect();
    assert!(
        pauses[0] >= Duration::from_millis(500) && pauses[1] >= Duration::from_millis(1_000),
        "{pauses:?}"
    );
}

#[test]
fn b3_a_door_that_stays_shut_is_knocked_at_four_times_and_the_line_is_left_for_the_next_pass() {
    let (world, door) = behind_a_door();

    let ran = world.apply();

    assert!(door.is_shut());
    assert_eq!(ran.code, Some(6), "{}", said(&ran));
    assert!(ran.stdout.contains("no connection to ConnectWise"), "{}", said(&ran));
    assert!(ran.stdout.contains("0 in doubt"), "{}", said(&ran));
    assert_eq!(outcomes(&world), ["not sent"; 4]);
    assert_eq!(world.write_requests(), Vec::<String>::new());
    door.open();
    settle(&world);
    assert_eq!((world.quantity(9001).as_str(), world.write_requests().len()), ("27", 1));
}
