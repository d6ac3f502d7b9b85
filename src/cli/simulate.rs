//! `trueup simulate`: the ConnectWise simulator as a server.

mod proof;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use tokio::net::TcpListener;

use self::proof::Proof;
use super::screen::Screen;
use super::session::{stop_on_signal, wait_for};
use super::{Exit, Failure};
use crate::reconciler::Stop;
use crate::simulator::{Clock, FaultFile, Seed, Simulator};

/// How much of the requests is remembered: the log is for tests, and this server may run for days.
const LOG_BYTES: usize = 64 * 1024 * 1024;

/// Run the ConnectWise simulator as a server
///
/// It answers like ConnectWise, keeps its state in memory, and starts from a seed in YAML. It
/// listens on loopback addresses only, over plain HTTP or, with --tls, over TLS with a certificate
/// of an authority made at each start.
///
/// With a fault file it also fails like ConnectWise: by schedule or by chance, from a seed, so that
/// the same requests meet the same faults. The control port arms other faults while it runs, edits
/// by hand, and tells what happened.
///
/// Examples:
///   trueup simulate --seed seed.yaml --listen 127.0.0.1:8481
///   trueup simulate --seed seed.yaml --tls --tls-ca simulator-ca.pem
///   trueup simulate --faults faults.yaml --control 127.0.0.1:8482
///   curl http://127.0.0.1:8482/log
///   curl http://127.0.0.1:8482/hand -d '{ addition: 100001, does: { setQuantity: 7 } }'
///   curl http://127.0.0.1:8482/faults -X PUT -d '{ faults: [{ fault: { timedOut: afterCommit } }] }'
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
    /// What goes wrong, and when; `trueup schema faults` describes it
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Where the control port listens; there is none without it
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,
}

pub(super) fn run(verb: &Simulate, screen: &Screen) -> Result<Exit, Failure> {
    on_loopback(verb.listen)?;
    verb.control.map_or(Ok(()), on_loopback)?;
    let simulator = Simulator::new(seed(verb)?, Clock::system()).map_err(|error| {
        Failure::caused(Exit::Invalid, "The seed is invalid", &error)
            .with_hint("`trueup schema seed` describes it")
    })?;
    simulator.limit_log(LOG_BYTES);
    if let Some(path) = &verb.faults {
        simulator.set_faults(faults(path)?);
    }
    wait_for(serve(verb, &simulator, screen))
}

fn on_loopback(address: SocketAddr) -> Result<(), Failure> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, format!("{address} is no loopback address"))
        .with_hint("The simulator is for this machine only: let it listen on 127.0.0.1 or [::1]"))
}

fn seed(verb: &Simulate) -> Result<Seed, Failure> {
    let Some(path) = &verb.seed else { return Ok(Seed::default()) };
    Seed::from_yaml(&read(path)?).map_err(|error| {
        Failure::caused(Exit::Invalid, format!("The seed {} is invalid", path.display()), &error)
            .with_hint("`trueup schema seed` describes it")
    })
}

fn faults(path: &Path) -> Result<FaultFile, Failure> {
    FaultFile::from_yaml(&read(path)?).map_err(|error| {
        Failure::caused(Exit::Invalid, format!("The fault file {} is invalid", path.display()), &error)
            .with_hint("`trueup schema faults` describes it")
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::caused(Exit::Invalid, format!("Cannot read {}", path.display()), &error))
}

/// Serves, and the control port beside it where there is one, until the person at the screen ends it.
async fn serve(verb: &Simulate, simulator: &Simulator, screen: &Screen) -> Result<Exit, Failure> {
    let (listener, address) = bind(verb.listen).await?;
    let proof = if verb.tls { Some(Proof::make(address, verb.tls_ca.as_deref())?) } else { None };
    let stop = Stop::default();
    let control = control(verb, simulator, &stop, screen).await?;
    greet(address, proof.as_ref(), screen);
    stop_on_signal(&stop, screen);
    let served = async {
        match &proof {
            None => simulator.serve(listener, ended(&stop)).await,
            Some(proof) => simulator.serve_tls(listener, proof.tls(), ended(&stop)).await,
        }
    };
    let result = tokio::try_join!(served, control);
    result.map_err(|error| Failure::caused(Exit::Unexpected, "The simulator failed", &error))?;
    Ok(Exit::Done)
}

/// What serves the control port; where there is none it has nothing to do.
async fn control(
    verb: &Simulate,
    simulator: &Simulator,
    stop: &Stop,
    screen: &Screen,
) -> Result<impl Future<Output = io::Result<()>>, Failure> {
    let listener = match verb.control {
        Some(address) => {
            let (listener, address) = bind(address).await?;
            screen.say(&format!("Faults, log and hand edits at http://{address}"));
            Some(listener)
        }
        None => None,
    };
    let (simulator, ended) = (simulator.clone(), ended(stop));
    Ok(async move {
        match listener {
            Some(listener) => simulator.serve_control(listener, ended).await,
            None => Ok(()),
        }
    })
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let failure = |error| Failure::caused(Exit::Unexpected, format!("Cannot listen on {address}"), &error);
    let listener = TcpListener::bind(address).await.map_err(failure)?;
    let bound = listener.local_addr().unwrap_or(address);
    Ok((listener, bound))
}

/// Comes when the simulator is to end.
fn ended(stop: &Stop) -> impl Future<Output = ()> + Send + 'static {
    let stop = stop.clone();
    async move { stop.wait().await }
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
