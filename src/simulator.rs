//! A ConnectWise that fits in the hand: the endpoints that billing needs, over HTTP on loopback, plain or encrypted, or
//! in process.
//!
//! Built from what is publicly known of the real server, never from what a client would find convenient, so that a
//! client that holds here has a chance to hold there. Imports nothing of the other rooms and shares no type with the
//! client. What nobody knows of the real server is a switch in [`Options`]; what goes wrong on the way is a [`Fault`].

mod access;
mod additions;
mod audit;
mod bundles;
mod cable;
mod callbacks;
mod clock;
mod column;
mod conform;
mod control;
mod custom_fields;
mod defaults;
mod derived;
mod desk;
mod elsewhere;
mod errors;
mod exchange;
mod faults;
mod filter;
mod hand;
mod identity;
mod inspection;
mod kind;
mod listing;
mod log;
mod login;
mod moment;
mod options;
mod order;
mod paging;
mod parameters;
mod past;
mod patch;
mod pipeline;
mod projection;
mod proration;
mod routes;
mod running;
mod schema;
mod seed;
mod serve;
mod state;
mod tally;
#[cfg(test)]
mod tests;
mod tls;
mod value;
mod view;
mod writes;
mod zone;

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::Response;
use jiff::Timestamp;
use rust_decimal::Decimal;
use tokio::net::TcpListener;

pub use access::{Function, Level, Levels, Right, Role};
pub use callbacks::{Attempt, CallbackFault, Delivery, DeliveryOutcome};
pub use clock::Clock;
pub use faults::{
    Altered, Astray, Bite, CallbackRule, Canned, Commit, Complaint, Deed, Disguise, Fault, FaultCount,
    FaultFile, FaultFileError, FaultRule, Flow, Match, Meddling, Method, Misreading, Moment, On, Probability,
    Reach, RouteName, Span, Trace, When,
};
pub use hand::{Hand, HandError};
pub use inspection::{Answered, Inspection, Inspector};
pub use kind::Kind;
pub use log::{Change, Exchange, Mutation, Source};
pub use options::{
    AdditionCallbacks, AdditionStatus, Comparison, DefaultOrder, IsCloud, Login, Midnight,
    OmittedCustomFields, Options, QuoteEscape, RequiredOnUpdates, ServerTimeZone, SetupTables, Tolerance,
    UnchangedSave, Underscore,
};
pub use running::Running;
pub use seed::{
    Amount, Day, Pointer, Seed, SeedAddition, SeedAgreement, SeedAgreementType, SeedCompany,
    SeedCrossReference, SeedCustomField, SeedError, SeedIntegration, SeedMember, SeedProduct,
};
pub use serve::ConnectionCut;
pub use tls::Tls;
pub use value::{Object, Unreadable, Value};

use cable::{CuttableListener, Line};
use callbacks::Callbacks;
use faults::{Aftermath, Faults};
use inspection::Inspectors;
use log::Log;
use state::State;
use view::View;

/// The member that edits by hand where a test names none.
const SOMEBODY: &str = "somebody";

/// A simulated ConnectWise. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Simulator(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    inspectors: Inspectors,
    /// How many requests are on their way.
    on_their_way: AtomicUsize,
    clock: Clock,
}

/// What one lock holds, so that the log has the order in which the state changed.
#[derive(Debug)]
struct World {
    state: State,
    log: Log,
    callbacks: Callbacks,
    aftermath: Aftermath,
}

impl Simulator {
    /// A simulator with the seed's records.
    ///
    /// # Errors
    /// Where the seed refers to something that is not there, or gives a number twice.
    pub fn new(seed: Seed, clock: Clock) -> Result<Self, SeedError> {
        let world = Mutex::new(World {
            state: seed::plant(seed)?,
            log: Log::default(),
            callbacks: Callbacks::default(),
            aftermath: Aftermath::default(),
        });
        Ok(Self(Arc::new(Inner {
            world,
            faults: Mutex::default(),
            inspectors: Inspectors::default(),
            on_their_way: AtomicUsize::new(0),
            clock,
        })))
    }

    /// A router that answers everything, to be served by anybody.
    pub fn router(&self) -> Router {
        let answer =
            async |Shared(simulator): Shared<Self>, request: Request| simulator.answer(request).await;
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Answers one request in process, without a socket. A cut connection shows as [`ConnectionCut`].
    pub async fn answer(&self, request: Request) -> Response<Body> {
        serve::answer(self, request).await
    }

    /// Serves connections over plain HTTP until `shutdown` comes, and sends callbacks meanwhile.
    ///
    /// # Errors
    /// Where the listener fails for good.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        self.serve_on(CuttableListener::new(listener, None), shutdown).await
    }

    /// Serves connections over TLS until `shutdown` comes. Every link in an answer then says https.
    ///
    /// # Errors
    /// Where the listener fails for good.
    pub async fn serve_tls(
        &self,
        listener: TcpListener,
        tls: &Tls,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        self.serve_on(CuttableListener::new(listener, Some(tls)), shutdown).await
    }

    async fn serve_on(
        &self,
        listener: CuttableListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let origin = listener.origin()?;
        let service = self.router().into_make_service_with_connect_info::<Line>();
        let served = axum::serve(listener, service).with_graceful_shutdown(shutdown);
        tokio::select! {
            served = served.into_future() => served,
            never = self.send_callbacks(origin) => match never {},
        }
    }

    /// Serves on a free port of 127.0.0.1, on a thread of its own, until the handle is dropped.
    ///
    /// # Errors
    /// Where no port or thread is to be had.
    pub fn start(&self) -> io::Result<Running> {
        Running::start(self.clone(), None)
    }

    /// The same over TLS, with a certificate of an authority that [`Running::authority`] gives.
    ///
    /// # Errors
    /// Where no port, thread or certificate is to be had.
    pub fn start_tls(&self) -> io::Result<Running> {
        Running::start(self.clone(), Some(Tls::make(Ipv4Addr::LOCALHOST.into())?))
    }

    /// The clock inside.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Every request so far, in the order in which they reached the state.
    #[must_use]
    pub fn log(&self) -> Vec<Arc<Exchange>> {
        self.world().log.exchanges()
    }

    /// Lets the log of requests, and that of callbacks, take about so many bytes: beyond, the oldest are forgotten.
    pub fn limit_log(&self, bytes: usize) {
        let mut world = self.world();
        world.log.set_limit(bytes);
        world.callbacks.set_limit(bytes);
    }

    /// How many requests the log has forgotten.
    #[must_use]
    pub fn forgotten_requests(&self) -> u64 {
        self.world().log.forgotten()
    }

    /// Every write that was accepted from a request, in order, also those that changed nothing.
    #[must_use]
    pub fn mutations(&self) -> Vec<Mutation> {
        self.log().iter().filter_map(|exchange| exchange.mutation.clone()).collect()
    }

    /// Every hand edit so far, in order, numbered together with the requests.
    #[must_use]
    pub fn hand_edits(&self) -> Vec<Arc<Mutation>> {
        self.world().log.hand_edits()
    }

    /// How many rows were written to the audit trail, about anything.
    #[must_use]
    pub fn audit_rows(&self) -> usize {
        self.world().state.audit.written()
    }

    /// How many of them the audit trail has forgotten: it keeps the last 50,000.
    #[must_use]
    pub fn forgotten_audit_rows(&self) -> usize {
        self.world().state.audit.forgotten()
    }

    /// How many callbacks were dropped before anybody was sent them, since the limit of the log had no room for them.
    #[must_use]
    pub fn dropped_callbacks(&self) -> u64 {
        self.world().callbacks.dropped()
    }

    /// A record as the wire shows it, links without a host.
    #[must_use]
    pub fn record(&self, kind: Kind, id: u32) -> Option<Object> {
        let world = self.world();
        let view = View { state: &world.state, now: self.0.clock.now(), base: "" };
        world.state.record(kind, id).map(|record| view.whole(kind, record))
    }

    /// Every record of a kind, by id.
    #[must_use]
    pub fn records(&self, kind: Kind) -> Vec<Object> {
        let world = self.world();
        let view = View { state: &world.state, now: self.0.clock.now(), base: "" };
        world.state.all(kind).map(|record| view.whole(kind, record)).collect()
    }

    /// An addition as the wire shows it.
    #[must_use]
    pub fn addition(&self, id: u32) -> Option<Object> {
        self.record(Kind::Addition, id)
    }

    /// Every addition, by id.
    #[must_use]
    pub fn additions(&self) -> Vec<Object> {
        self.records(Kind::Addition)
    }

    /// The quantity of an addition; nothing where it is null or there is no such addition.
    #[must_use]
    pub fn quantity(&self, addition: u32) -> Option<Decimal> {
        self.world().state.record(Kind::Addition, addition)?.get("quantity").number()
    }

    /// Another member, to edit by hand.
    #[must_use]
    pub fn by(&self, member: &str) -> Hand<'_> {
        Hand { simulator: self, member: member.to_owned() }
    }

    /// Somebody sets the quantity of an addition by hand.
    ///
    /// # Errors
    /// Where there is no such addition.
    pub fn edit_quantity(&self, addition: u32, quantity: Option<Decimal>) -> Result<(), HandError> {
        self.by(SOMEBODY).edit_quantity(addition, quantity)
    }

    /// Somebody cancels an addition by hand.
    ///
    /// # Errors
    /// Where there is no such addition.
    pub fn cancel_addition(&self, addition: u32, from: Timestamp) -> Result<(), HandError> {
        self.by(SOMEBODY).cancel_addition(addition, from)
    }

    /// Somebody deletes an addition by hand.
    ///
    /// # Errors
    /// Where there is no such addition.
    pub fn delete_addition(&self, addition: u32) -> Result<(), HandError> {
        self.by(SOMEBODY).delete_addition(addition)
    }

    /// The switches as they stand.
    #[must_use]
    pub fn options(&self) -> Options {
        self.world().state.options.clone()
    }

    /// Turns switches, for all requests from now on.
    pub fn change_options(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.world().state.options);
    }

    /// Gives a member another role from now on. Says whether there is such a member.
    pub fn set_role(&self, member: &str, role: Role) -> bool {
        let mut world = self.world();
        let found = world.state.members.iter_mut().find(|own| own.identifier == member);
        found.map(|own| own.role = role).is_some()
    }

    /// Makes a member's keys unknown from now on. Says whether there was such a member.
    pub fn revoke_keys(&self, member: &str) -> bool {
        let mut world = self.world();
        let before = world.state.members.len();
        world.state.members.retain(|own| own.identifier != member);
        world.state.members.len() < before
    }

    /// The lock. A panic elsewhere cannot leave half a write, so its poison is no reason to stop.
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
