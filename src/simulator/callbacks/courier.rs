//! Sends callbacks: plain HTTP, to this machine and nowhere else.
//!
//! Decides nothing about retries. Connects only to addresses it has seen to be loopback, so that a simulator whose seed
//! or caller names another host cannot be made to reach it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::payload::Origin;
use super::{Delivery, DeliveryOutcome, Simulator};

/// A receiver that answers later has not answered.
const TIME_OUT: Duration = Duration::from_secs(5);

/// While something waits, the clock is looked at so often: it may be one that a test moves.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Simulator {
    /// Sends callbacks as they become due, for ever. They name this origin as where the simulator is reached.
    pub(in crate::simulator) async fn send_callbacks(&self, origin: String) -> Infallible {
        let wake = {
            let mut world = self.world();
            world.callbacks.origin = Origin(origin);
            world.callbacks.wake.clone()
        };
        loop {
            match self.deliver_due().await {
                None => wake.notified().await,
                Some(_) => {
                    // Whichever comes first: something new, or time to look again.
                    let _ = timeout(LOOK_AGAIN, wake.notified()).await;
                }
            }
        }
    }
}

/// Sends one delivery.
pub(super) async fn send(delivery: &Delivery) -> DeliveryOutcome {
    send_within(delivery, TIME_OUT).await
}

async fn send_within(delivery: &Delivery, patience: Duration) -> DeliveryOutcome {
    let Some((address, uri)) = target(&delivery.url) else { return DeliveryOutcome::NotSent };
    match timeout(patience, post(address, &uri, delivery)).await {
        Err(_) => DeliveryOutcome::TimedOut,
        Ok(None) => DeliveryOutcome::Unreachable,
        Ok(Some(status)) => DeliveryOutcome::Answered(status),
    }
}

/// The address that a URL means, where it is plain HTTP to loopback.
fn target(url: &str) -> Option<(SocketAddr, Uri)> {
    let uri: Uri = url.parse().ok()?;
    if uri.scheme_str() != Some("http") {
        return None;
    }
    let host = uri.host()?;
    let address = match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) if host.eq_ignore_ascii_case("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
        Err(_) => return None,
    };
    let port = uri.port_u16().unwrap_or(80);
    address.is_loopback().then(|| (SocketAddr::new(address, port), uri))
}

/// One request on a connection of its own. Nothing comes back where that broke.
async fn post(address: SocketAddr, uri: &Uri, delivery: &Delivery) -> Option<u16> {
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority()?.as_str();
    let request = Request::post(path)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header("x-content-signature", &delivery.signature)
        .body(Body::from(delivery.body.clone()))
        .ok()?;
    let answer = sender.send_request(request);
    tokio::pin!(connection, answer);
    tokio::select! {
        biased;
        answer = &mut answer => answer.ok().map(|answer| answer.status().as_u16()),
        // The connection may end with the answer, which then stands ready.
        _ = &mut connection => answer.await.ok().map(|answer| answer.status().as_u16()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Delivery, DeliveryOutcome, TIME_OUT, send_within, target};

    #[tokio::test]
    async fn callback_receivers_have_five_seconds() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let delivery = Delivery {
            sequence: 1,
            callback: 1,
            created: Timestamp::UNIX_EPOCH,
            url: format!("http://{}/?recordId=1&action=updated", silent.local_addr().unwrap()),
            signature: String::new(),
            body: String::new(),
            fault: None,
            attempts: Vec::new(),
            next_attempt: None,
        };

        let outcome = send_within(&delivery, Duration::from_millis(10)).await;

        assert_eq!(outcome, DeliveryOutcome::TimedOut);
        assert_eq!(TIME_OUT, Duration::from_secs(5));
    }

    #[test]
    fn callback_addresses_elsewhere_are_never_gone_to() {
        let elsewhere = [
            "http://example.com/hook?recordId=1&action=updated",
            "http://192.168.1.10/hook?recordId=1",
            "http://0.0.0.0/hook?recordId=1",
            "http://127.0.0.1.example.com/hook?recordId=1",
            "http://127.0.0.1@example.com/hook?recordId=1",
            "http://localhost.example.com/hook?recordId=1",
            "https://127.0.0.1/hook?recordId=1",
            "ftp://127.0.0.1/hook?recordId=1",
            "/hook?recordId=1",
        ];
        for url in elsewhere {
            assert_eq!(target(url).map(|(address, _)| address), None, "{url}");
        }
    }

    #[test]
    fn callback_addresses_of_this_machine_are() {
        let here = [
            ("http://127.0.0.1:8080/hook?recordId=1", "127.0.0.1:8080"),
            ("http://127.9.9.9/hook?recordId=1", "127.9.9.9:80"),
            ("http://[::1]:8080/hook?recordId=1", "[::1]:8080"),
            ("http://LocalHost:8080/hook?recordId=1", "127.0.0.1:8080"),
        ];
        for (url, address) in here {
            assert_eq!(target(url).map(|(address, _)| address.to_string()), Some(address.to_owned()));
        }
    }
}
