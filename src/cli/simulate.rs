//! `trueup simulate`: the ConnectWise simulator as a server.

mod proof;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use self::proof::Proof;
use super::screen::Screen;
use super::session::{stop_on_signal, wait_for};
use super::{Exit, Failure};
use crate::reconciler::Stop;
use crate::simulator::{Clock, Seed, Simulator};

/// How much of the requests is remembered: the log is for tests, and this server may run for days.
const LOG_BYTES: usize = 64 * 1024 * 1024;

/// Run the ConnectWise simulator as a server
///
/// It answers like ConnectWise, keeps its state in memory, and starts from a seed in YAML. It listens on loopback
/// addresses only, over plain HTTP or, with --tls, over TLS with a certificate of an authority made at each start.
///
/// Examples:
///   trueup simulate --seed seed.yaml --listen 127.0.0.1:8481
///   trueup simulate --seed seed.yaml --tls --tls-ca simulator-ca.pem
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Simulate {
    /// What it starts from; `trueup schema seed` describes it
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Where it listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8481")]
    listen: SocketAddr,
    /// Speak TLS 1.2 and 1.3 instead of plain HTTP
    #[arg(long)]
    tls: bool,
    /// Where the authority's certificate is written, for clients to trust; a temporary file without it
    #[arg(long, value_name = "FILE", requires = "tls")]
    tls_ca: Option<PathBuf>,
}

pub(super) fn run(verb: &Simulate, screen: &Screen) -> Result<Exit, Failure> {
    if !verb.listen.ip().is_loopback() {
        return Err(Failure::new(Exit::Usage, format!("{} is no loopback address", verb.listen))
            .with_hint("The simulator is for this machine only: let it listen on 127.0.0.1 or [::1]"));
    }
    let seed = match &verb.seed {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| {
                Failure::caused(Exit::Invalid, format!("Cannot read {}", path.display()), &error)
            })?;
            Seed::from_yaml(&text).map_err(|error| {
                Failure::caused(Exit::Invalid, format!("The seed {} is invalid", path.display()), &error)
                    .with_hint("`trueup schema seed` describes it")
            })?
        }
        None => Seed::default(),
    };
    let simulator = Simulator::new(seed, Clock::system()).map_err(|error| {
        Failure::caused(Exit::Invalid, "The seed is invalid", &error)
            .with_hint("`trueup schema seed` describes it")
    })?;
    simulator.limit_log(LOG_BYTES);
    wait_for(async {
        let listener = tokio::net::TcpListener::bind(verb.listen).await.map_err(|error| {
            Failure::caused(Exit::Unexpected, format!("Cannot listen on {}", verb.listen), &error)
        })?;
        let address = listener.local_addr().unwrap_or(verb.listen);
        let proof = if verb.tls { Some(Proof::make(address, verb.tls_ca.as_deref())?) } else { None };
        greet(address, proof.as_ref(), screen);
        let stop = Stop::default();
        stop_on_signal(&stop, screen);
        let stopped = async move { stop.wait().await };
        let served = match &proof {
            None => simulator.serve(listener, stopped).await,
            Some(proof) => simulator.serve_tls(listener, proof.tls(), stopped).await,
        };
        served.map_err(|error| Failure::caused(Exit::Unexpected, "The simulator failed", &error))?;
        Ok(Exit::Done)
    })
}

fn greet(address: SocketAddr, proof: Option<&Proof>, screen: &Screen) {
    match proof {
        None => screen.say(&format!("Simulated ConnectWise at http://{address}; Ctrl-C ends it")),
        Some(proof) => {
            let authority = proof.authority().display();
            screen.say(&format!("Clients are to trust the certificate authority in {authority}"));
            screen.say(&format!("Simulated ConnectWise at https://{address}; Ctrl-C ends it"));
        }
    }
}
