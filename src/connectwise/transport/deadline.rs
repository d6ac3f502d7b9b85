//! The time by which a connection must stand for a request to be sent on it.
//!
//! Knows no request: whoever sends one says by when, and it holds for the connection that is made for it. So nothing is sent
//! after that time, however long names are looked up, a proxy is asked and certificates are shown. It does not limit the
//! answer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use jiff::Timestamp;
use reqwest::ClientBuilder;
use tower::layer::layer_fn;
use tower::{BoxError, Service};

tokio::task_local! {
    static CONNECTED_BY: Deadline;
}

/// A time by two clocks: the monotonic one stands still while a machine sleeps, the other can be set.
#[derive(Clone, Copy, Debug)]
pub(in crate::connectwise) struct Deadline {
    pub(in crate::connectwise) monotonic: Instant,
    pub(in crate::connectwise) wall: Timestamp,
}

impl Deadline {
    /// Whether either clock says that it is over.
    fn is_over(self) -> bool {
        Instant::now() >= self.monotonic || Timestamp::now() > self.wall
    }
}

/// Exchanges something on a connection that stands by then, if it does.
pub(super) async fn connected_by<T>(by: Deadline, exchange: impl Future<Output = T>) -> T {
    CONNECTED_BY.scope(by, exchange).await
}

/// Makes the connections of a client heed it. It must keep none: only then is each made by the task that sends on it.
pub(super) fn heeding(client: ClientBuilder) -> ClientBuilder {
    client.connector_layer(layer_fn(Heeding))
}

/// A way to connect that gives up in time.
#[derive(Clone)]
struct Heeding<C>(C);

impl<C, T> Service<T> for Heeding<C>
where
    C: Service<T, Error = BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: T) -> Self::Future {
        let connecting = self.0.call(target);
        let Ok(by) = CONNECTED_BY.try_with(|by| *by) else { return Box::pin(connecting) };
        Box::pin(async move {
            match tokio::time::timeout_at(by.monotonic.into(), connecting).await {
                // It may stand at once, or be looked at late.
                Ok(connected) if !by.is_over() => connected,
                Ok(_) | Err(_) => Err("no connection stood by the time to send".into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use jiff::Timestamp;

    use super::Deadline;

    #[test]
    fn a_time_is_over_when_either_clock_says_so() {
        let (minute, now) = (Duration::from_secs(60), Instant::now());
        let ahead = Deadline { monotonic: now + minute, wall: Timestamp::now() + minute };
        let slept = Deadline { wall: Timestamp::now() - minute, ..ahead };
        let waited = Deadline { monotonic: now, ..ahead };

        assert_eq!([ahead, slept, waited].map(Deadline::is_over), [false, true, true]);
    }
}
