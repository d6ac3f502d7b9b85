//! The way of a request: a fault may befall it, it lands, its answer is dressed, the log remembers.

use std::time::Duration;

use super::exchange::{Answer, Request};
use super::faults::Fault;
use super::log::Exchange;
use super::writes::Landing;
use super::{Simulator, World, desk};
use jiff::Timestamp;

/// The headers that the log keeps: none of them a secret.
const LOGGED_HEADERS: [&str; 4] = ["accept", "content-type", "pagination-type", "user-agent"];

impl Simulator {
    /// Lets a request through its fault, if one waits for it. Nothing comes back where the connection is cut.
    pub(super) async fn exchange(&self, request: Request) -> Option<Answer> {
        let fault = self.faults().take(&request.method, &request.path);
        match &fault {
            Some(Fault::DelayMillis(delay)) => self.land_late(request, *delay).await,
            Some(Fault::AnswerAfterMillis(delay)) => {
                let shown = self.land(&request, fault.as_ref());
                tokio::time::sleep(Duration::from_millis(*delay)).await;
                shown
            }
            Some(Fault::StatusBefore(_) | Fault::DropConnectionBefore) => {
                self.turn_away(&request, fault.as_ref())
            }
            Some(
                Fault::StatusAfterCommit(_)
                | Fault::DropConnectionAfterCommit
                | Fault::IgnoreWrite
                | Fault::TruncatedJson
                | Fault::EmptyBody
                | Fault::Html,
            )
            | None => self.land(&request, fault.as_ref()),
        }
    }

    /// Waits and lands in a task of its own, so that it lands even when nobody waits for the answer any more.
    async fn land_late(&self, request: Request, delay: u64) -> Option<Answer> {
        let simulator = self.clone();
        let late = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            simulator.land(&request, Some(&Fault::DelayMillis(delay)))
        });
        late.await.unwrap_or_default()
    }

    /// The request reaches the state.
    fn land(&self, request: &Request, fault: Option<&Fault>) -> Option<Answer> {
        let now = self.clock().now();
        let landing = if fault == Some(&Fault::IgnoreWrite) { Landing::Ignored } else { Landing::Kept };
        let mut world = self.world();
        let outcome = desk::respond(&mut world.state, now, request, landing);
        let mutation = outcome
            .mutation
            .filter(|_| landing == Landing::Kept || !matches!(request.method.as_str(), "PATCH" | "PUT"));
        if let Some(mutation) = &mutation {
            world.announce(mutation);
        }
        let shown = match fault {
            Some(fault) => fault.spoil(outcome.answer),
            None => Some(outcome.answer),
        };
        let exchange =
            Exchange { mutation, member: outcome.member, ..entry(request, now, shown.as_ref(), fault) };
        let shown = finish(&mut world, request, exchange, shown);
        drop(world);
        self.inspected(request, fault.map(Fault::name), shown)
    }

    /// The request never reaches the state.
    fn turn_away(&self, request: &Request, fault: Option<&Fault>) -> Option<Answer> {
        let shown = fault.and_then(|fault| fault.spoil(Answer::empty(500)));
        let exchange = entry(request, self.clock().now(), shown.as_ref(), fault);
        let shown = finish(&mut self.world(), request, exchange, shown);
        self.inspected(request, fault.map(Fault::name), shown)
    }
}

fn entry(request: &Request, time: Timestamp, shown: Option<&Answer>, fault: Option<&Fault>) -> Exchange {
    let kept = |name: &&str| request.header(name).map(|value| ((*name).to_owned(), value.to_owned()));
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
        fault: fault.map(Fault::name),
        mutation: None,
    }
}

fn finish(world: &mut World, request: &Request, exchange: Exchange, shown: Option<Answer>) -> Option<Answer> {
    let release = &world.state.login.release;
    let shown = shown.map(|answer| dress(answer, request, release, world.log.next()));
    world.log.add(exchange);
    shown
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
