//! The way of a request: faults may befall it, it lands, its answer is dressed, the log remembers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::desk::Outcome;
use super::exchange::{Answer, Request};
use super::faults::{Asked, Befalling};
use super::log::Exchange;
use super::routes::{self, Endpoint};
use super::state::Record;
use super::writes::Landing;
use super::{Simulator, World, desk};
use jiff::Timestamp;

/// The headers that the log keeps: none of them a secret.
const LOGGED_HEADERS: [&str; 4] = ["accept", "content-type", "pagination-type", "user-agent"];

/// The name in the log of a request to a release that is gone.
const LOST: &str = "releaseMoves";

impl Simulator {
    /// Lets a request through what befalls it. Nothing comes back where the connection is cut.
    pub(super) async fn exchange(&self, request: Request) -> Option<Answer> {
        let on_the_way = OnTheWay::new(&self.0.on_their_way);
        let befalling = self.faults().take(&Asked::new(&request, self.clock().now(), on_the_way.number));
        let answer_delay = befalling.answer_delay();
        let shown = match befalling.landing_delay() {
            0 => self.land(&request, &befalling),
            delay => self.land_late(request, befalling, delay).await,
        };
        if answer_delay > 0 {
            tokio::time::sleep(Duration::from_millis(answer_delay)).await;
        }
        shown
    }

    /// Waits and lands in a task of its own, so that it lands even when nobody waits for the answer any more.
    async fn land_late(&self, request: Request, befalling: Befalling, delay: u64) -> Option<Answer> {
        let simulator = self.clone();
        let late = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            simulator.land(&request, &befalling)
        });
        late.await.unwrap_or_default()
    }

    /// The request lands or is turned away, and whoever looks on is shown it.
    fn land(&self, request: &Request, befalling: &Befalling) -> Option<Answer> {
        let (shown, faults) = {
            let mut world = self.world();
            // Looked at under the lock, so that the times of changes have the order of the changes.
            let now = self.clock().now();
            answer(&mut world, request, befalling, now)
        };
        self.inspected(request, &faults, shown)
    }
}

/// What the caller is shown, and the faults that befell the request.
type Shown = (Option<Answer>, Vec<&'static str>);

/// The request reaches the state, unless it is turned away.
fn answer(world: &mut World, request: &Request, befalling: &Befalling, now: Timestamp) -> Shown {
    if let Some(shown) = befalling.turns_away() {
        let exchange = entry(request, now, shown.as_ref(), befalling);
        return finish(world, request, exchange, shown);
    }
    befalling.before(world, request, now);
    if let Some(lost) = world.aftermath.turns_away(request) {
        let exchange = Exchange { fault: Some(LOST), ..entry(request, now, Some(&lost), befalling) };
        return finish(world, request, exchange, Some(lost));
    }
    let Outcome { answer, member, mutation } = respond(world, request, befalling, now);
    let shown = befalling.spoil(answer, world, request, now);
    let exchange = Exchange { mutation, member, ..entry(request, now, shown.as_ref(), befalling) };
    let shown = finish(world, request, exchange, shown);
    befalling.after(world, request, now);
    shown
}

/// A request on its way, counted until it is answered or given up.
struct OnTheWay<'c> {
    count: &'c AtomicUsize,
    /// How many are on their way, this one included.
    number: usize,
}

impl<'c> OnTheWay<'c> {
    fn new(count: &'c AtomicUsize) -> Self {
        Self { count, number: count.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The desk's answer, to what the server understands, from the state that it sees.
fn respond(world: &mut World, request: &Request, befalling: &Befalling, now: Timestamp) -> Outcome {
    let understood = befalling.understood(request);
    let landing = if befalling.ignores_writes() { Landing::Ignored } else { Landing::Kept };
    let rewound = befalling
        .staleness()
        .filter(|_| reads(request))
        .map(|age| world.aftermath.rewind(&mut world.state, age, now));
    let before = written_record(world, request);
    let mut outcome = desk::respond(&mut world.state, now, &understood, landing);
    if let Some(rewound) = rewound {
        rewound.restore(&mut world.state);
    }
    let stays = landing == Landing::Kept || !matches!(request.method.as_str(), "PATCH" | "PUT");
    outcome.mutation = outcome.mutation.filter(|_| stays);
    if let Some(mutation) = &outcome.mutation {
        world.announce(mutation);
        world.aftermath.remember(mutation.kind, mutation.id, before, now);
    }
    outcome
}

/// Whether a request only reads, by its method; a bundle only reads too.
fn reads(request: &Request) -> bool {
    request.method == "GET" || request.path.ends_with("/system/bundles")
}

/// The record that a write is about, as it is before.
fn written_record(world: &World, request: &Request) -> Option<Record> {
    if reads(request) {
        return None;
    }
    match routes::endpoint_of(&request.path)? {
        Endpoint::Record(kind, _, id) => world.state.record(kind, id).cloned(),
        _ => None,
    }
}

fn entry(request: &Request, time: Timestamp, shown: Option<&Answer>, befalling: &Befalling) -> Exchange {
    let kept = |name: &&str| request.header(name).map(|value| ((*name).to_owned(), value.to_owned()));
    let mut names = befalling.names();
    Exchange {
        sequence: 0,
        time,
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        headers: LOGGED_HEADERS.iter().filter_map(kept).collect(),
        body: request.body.clone(),
        member: None,
        status: shown.map(|answer| answer.status),
        fault: names.next(),
        more_faults: names.collect(),
        mutation: None,
    }
}

fn finish(world: &mut World, request: &Request, exchange: Exchange, shown: Option<Answer>) -> Shown {
    let release = &world.state.login.release;
    let shown = shown.map(|answer| dress(answer, request, release, world.log.next()));
    let faults = exchange.fault.iter().chain(&exchange.more_faults).copied().collect();
    world.log.add(exchange);
    (shown, faults)
}

/// Adds the headers that every answer has.
fn dress(mut answer: Answer, request: &Request, release: &str, sequence: u64) -> Answer {
    if answer.header("content-type").is_none() && answer.status != 204 {
        let version = asked_version(request.header("accept").unwrap_or_default(), release);
        let media_type = format!("application/vnd.connectwise.com+json; version={version}");
        answer = answer.with_header("content-type", media_type);
    }
    answer
        .with_header("api-current-version", release.to_owned())
        .with_header("x-cw-request-id", format!("00000000-0000-4000-8000-{sequence:012x}"))
        .with_header("x-server-name", "simulator".to_owned())
        .with_header("cache-control", "no-cache".to_owned())
}

/// The version that is asked for, where it exists already; else the newest.
fn asked_version<'v>(accept: &'v str, release: &'v str) -> &'v str {
    let number = |text: &str| -> Option<(u32, u32)> {
        let (year, month) = text.split_once('.')?;
        Some((year.parse().ok()?, month.parse().ok()?))
    };
    let asked = accept.split([';', ',']).find_map(|part| part.trim().strip_prefix("version="));
    let known = asked.filter(|asked| number(asked).is_some_and(|asked| Some(asked) <= number(release)));
    known.unwrap_or(release)
}
