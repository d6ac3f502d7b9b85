//! `trueup simulate`: the ConnectWise simulator as a server.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::screen::Screen;
use super::session::{stop_on_signal, wait_for};
use super::{Exit, Failure};
use crate::reconciler::Stop;
use crate::simulator::{Clock, Seed, Simulator};

/// Run the ConnectWise simulator as a server
///
/// It answers like ConnectWise, keeps its state in memory, and starts from a seed in YAML. Plain HTTP, and only on
/// loopback addresses.
///
/// Example:
///   trueup simulate --seed seed.yaml --listen 127.0.0.1:8481
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Simulate {
    /// What it starts from; `trueup schema seed` describes it
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Where it listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8481")]
    listen: SocketAddr,
}

pub(super) fn run(verb: &Simulate, screen: &Screen) -> Result<Exit, Failure> {
    if !verb.listen.ip().is_loopback() {
        return Err(Failure::new(Exit::Usage, format!("{} is no loopback address", verb.listen))
            .with_hint("The simulator has no encryption: let it listen on 127.0.0.1 or [::1]"));
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
    wait_for(async {
        let listener = tokio::net::TcpListener::bind(verb.listen).await.map_err(|error| {
            Failure::caused(Exit::Unexpected, format!("Cannot listen on {}", verb.listen), &error)
        })?;
        let address = listener.local_addr().unwrap_or(verb.listen);
        screen.say(&format!("Simulated ConnectWise at http://{address}; Ctrl-C ends it"));
        let stop = Stop::default();
        stop_on_signal(&stop, screen);
        simulator
            .serve(listener, async move { stop.wait().await })
            .await
            .map_err(|error| Failure::caused(Exit::Unexpected, "The simulator failed", &error))?;
        Ok(Exit::Done)
    })
}
