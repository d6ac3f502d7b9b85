//! The control port: a second, small HTTP interface to arm faults, to edit by hand, and to look at what happened.
//!
//! For programs and people that test a client from outside. Answers JSON, takes YAML (and so JSON), and complains in
//! words. Has no login: it belongs on loopback, where the caller puts it.

mod orders;
mod report;

use std::future::Future;
use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{Response, StatusCode, header};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::faults::FaultFile;
use super::value::{Object, Value};
use super::{Clock, Simulator};
use orders::{ClockOrder, HandOrder};

/// The longest order that is read.
const LONGEST_ORDER: usize = 1024 * 1024;

/// What is answered: a status and a value.
type Told = (StatusCode, Value);

impl Simulator {
    /// A router for the control port: faults, the log, edits by hand. Whoever reaches it needs no login.
    pub fn control_router(&self) -> Router {
        router(self)
    }

    /// Serves the control port until `shutdown` comes.
    ///
    /// # Errors
    /// Where the listener fails for good.
    pub async fn serve_control(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        axum::serve(listener, router(self)).with_graceful_shutdown(shutdown).await
    }
}

/// The router of the control port.
fn router(simulator: &Simulator) -> Router {
    Router::new()
        .route("/faults", get(faults).put(arm).delete(disarm))
        .route("/log", get(log))
        .route("/hand", post(hand))
        .route("/clock", get(time).post(set_time))
        .fallback(nowhere)
        .layer(axum::extract::DefaultBodyLimit::max(LONGEST_ORDER))
        .with_state(simulator.clone())
}

async fn faults(Shared(simulator): Shared<Simulator>) -> Response<Body> {
    answered((StatusCode::OK, report::faults(&simulator)))
}

async fn arm(Shared(simulator): Shared<Simulator>, order: String) -> Response<Body> {
    answered(match FaultFile::from_yaml(&order) {
        Ok(file) => {
            simulator.set_faults(file);
            (StatusCode::OK, report::faults(&simulator))
        }
        Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
    })
}

async fn disarm(Shared(simulator): Shared<Simulator>) -> Response<Body> {
    simulator.clear_faults();
    answered((StatusCode::OK, report::faults(&simulator)))
}

async fn log(Shared(simulator): Shared<Simulator>) -> Response<Body> {
    answered((StatusCode::OK, report::log(&simulator)))
}

async fn hand(Shared(simulator): Shared<Simulator>, order: String) -> Response<Body> {
    answered(match HandOrder::read(&order) {
        Ok(order) => match order.carry_out(&simulator) {
            Ok(()) => (StatusCode::OK, simulator.addition(order.addition).map_or(Value::Null, Value::Object)),
            Err(error) => refused(StatusCode::NOT_FOUND, &error.to_string()),
        },
        Err(error) => refused(StatusCode::BAD_REQUEST, &format!("The order is not valid: {error}")),
    })
}

async fn time(Shared(simulator): Shared<Simulator>) -> Response<Body> {
    answered((StatusCode::OK, told_time(simulator.clock())))
}

async fn set_time(Shared(simulator): Shared<Simulator>, order: String) -> Response<Body> {
    let clock = simulator.clock();
    answered(if clock.is_fixed() {
        match ClockOrder::read(&order) {
            Ok(order) => {
                order.carry_out(clock);
                (StatusCode::OK, told_time(clock))
            }
            Err(error) => refused(StatusCode::BAD_REQUEST, &format!("The order is not valid: {error}")),
        }
    } else {
        refused(StatusCode::CONFLICT, "The clock is that of this machine and cannot be set")
    })
}

async fn nowhere() -> Response<Body> {
    let places = "GET, PUT and DELETE /faults, GET /log, POST /hand, GET and POST /clock";
    answered(refused(StatusCode::NOT_FOUND, &format!("There is nothing here. There are {places}")))
}

fn told_time(clock: &Clock) -> Value {
    Value::Object(Object::new().with("now", clock.now()))
}

fn refused(status: StatusCode, message: &str) -> Told {
    (status, Value::Object(Object::new().with("message", message)))
}

fn answered((status, value): Told) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{value}\n")));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
