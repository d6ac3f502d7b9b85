//! Git through the program `ssh`: one connection, one command, a key and a list of known hosts from the settings.
//!
//! No settings of the user are read, no agent and no password is asked, no unknown host is believed. A connection that
//! takes too long is killed.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::address::Login;
use super::error::shown;
use super::exchange::{Exchange, FarEnd};
use super::{Access, RemoteError};

/// Where `ssh` is looked for: the environment of the operator has no say in what runs.
const PROGRAMS: &str = "/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin";

/// So much of what it says on stderr is kept.
const MOST_SAID: u64 = 16 * 1024;

/// How long it may take to end once there is nothing more to read.
const LONGEST_FAREWELL: Duration = Duration::from_secs(2);

/// How `ssh` is called.
pub(super) struct Shell {
    arguments: Vec<String>,
}

impl Shell {
    pub(super) fn new(login: &Login, access: &Access, time: Duration) -> Result<Self, RemoteError> {
        let mut arguments: Vec<String> = ["-F", "/dev/null", "-a", "-x", "-T"].map(str::to_owned).into();
        let mut option = |option: String| arguments.extend(["-o".to_owned(), option]);
        for fixed in [
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=/dev/null",
            "UpdateHostKeys=no",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "PreferredAuthentications=publickey",
            "ClearAllForwardings=yes",
            "PermitLocalCommand=no",
            "ControlMaster=no",
            "ControlPath=none",
            "LogLevel=ERROR",
        ] {
            option(fixed.to_owned());
        }
        option(format!("ConnectTimeout={}", (time.as_secs() / 2).max(1)));
        match access {
            Access::Key { key, known_hosts } => {
                option(format!("IdentityFile={}", quoted(key)?));
                option(format!("UserKnownHostsFile={}", quoted(known_hosts)?));
            }
            Access::Open | Access::Basic { .. } => {
                let cause = "repository.access names no key".to_owned();
                return Err(RemoteError::NoSsh { cause });
            }
        }
        if let Some(port) = login.port {
            arguments.extend(["-p".to_owned(), port.to_string()]);
        }
        if let Some(user) = &login.user {
            arguments.extend(["-l".to_owned(), user.clone()]);
        }
        arguments.extend(["--".to_owned(), login.host.clone(), format!("git-upload-pack '{}'", login.path)]);
        Ok(Self { arguments })
    }
}

/// A path as `ssh` reads it in an option: quoted, and with nothing in it that it would replace.
fn quoted(path: &Path) -> Result<String, RemoteError> {
    let bad = || RemoteError::NoSsh { cause: format!("it cannot be given the path {}", path.display()) };
    let absolute = std::path::absolute(path).map_err(|_| bad())?;
    let text = absolute.to_str().ok_or_else(bad)?;
    if text.contains(['"', '\\', '$', '\n', '\r', '\0']) {
        return Err(bad());
    }
    Ok(format!("\"{}\"", text.replace('%', "%%")))
}

/// A connection under way. Dropping it ends it.
pub(super) struct ShellStream {
    exchange: Arc<Exchange>,
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    said: Option<JoinHandle<String>>,
}

impl ShellStream {
    /// Starts `ssh`.
    pub(super) fn open(exchange: Arc<Exchange>) -> io::Result<Self> {
        let FarEnd::Shell(shell) = &exchange.far_end else {
            return Err(io::Error::other("the far end is no shell"));
        };
        let mut command = Command::new("ssh");
        command.args(&shell.arguments).env_clear().env("PATH", PROGRAMS).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = exchange.wait(async move {
            let mut child = command.spawn()?;
            let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
            let (Some(input), Some(output), Some(errors)) = pipes else {
                return Err(io::Error::other("it has no pipes"));
            };
            Ok((child, input, output, tokio::spawn(collect(errors))))
        })?;
        let failed = |cause: io::Error| exchange.fail(RemoteError::NoSsh { cause: cause.to_string() });
        let (child, input, output, said) = started.map_err(failed)?;
        Ok(Self { exchange, child, input: Some(input), output, said: Some(said) })
    }

    /// Why it ended before it should.
    fn ended(&mut self) -> io::Error {
        let said = self.said.take();
        let waited = self.exchange.wait(async move {
            match said {
                Some(said) => timeout(LONGEST_FAREWELL, said).await.ok().and_then(Result::ok),
                None => None,
            }
        });
        let said = waited.ok().flatten().unwrap_or_default();
        self.exchange.fail(reason(&self.exchange.place, &said))
    }
}

/// What `ssh` and the far end say on stderr, up to a limit; the rest is read and forgotten, so that nobody waits.
async fn collect(mut errors: ChildStderr) -> String {
    let mut kept = Vec::new();
    let mut limited = (&mut errors).take(MOST_SAID);
    // What was read before an error still says something.
    let _ = limited.read_to_end(&mut kept).await;
    let _ = tokio::io::copy(&mut errors, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&kept).into_owned()
}

/// The situation that the words of OpenSSH or of the far end's git stand for.
fn reason(place: &str, said: &str) -> RemoteError {
    let place = place.to_owned();
    let has = |words: &[&str]| words.iter().any(|words| said.contains(words));
    if has(&["Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED"]) {
        RemoteError::UnknownHostKey { place }
    } else if has(&["Permission denied", "Too many authentication failures"]) {
        RemoteError::AccessDenied { place }
    } else if has(&["not appear to be a git repository", "epository not found", "not a git repository"]) {
        RemoteError::NotFound { place }
    } else if said.trim().is_empty() {
        RemoteError::Unreachable { place, cause: "the connection was closed".to_owned() }
    } else if has(&["ssh: ", "kex_exchange", "onnection closed", "onnection reset", "onnection timed out"]) {
        RemoteError::Unreachable { place, cause: shown(last_line(said)) }
    } else {
        RemoteError::Refused { place, answer: format!("{:?}", shown(last_line(said))) }
    }
}

fn last_line(said: &str) -> &str {
    said.trim().lines().next_back().unwrap_or_default()
}

impl Read for ShellStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let exchange = Arc::clone(&self.exchange);
        match exchange.wait(self.output.read(buffer))? {
            // The library closes the connection itself, so the end of it is never meant.
            Ok(0) | Err(_) => Err(self.ended()),
            Ok(length) => {
                exchange.received(length)?;
                Ok(length)
            }
        }
    }
}

impl Write for ShellStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let exchange = Arc::clone(&self.exchange);
        let Some(input) = &mut self.input else { return Err(self.ended()) };
        let written = exchange.wait(async {
            input.write_all(bytes).await?;
            input.flush().await
        })?;
        if written.is_err() {
            return Err(self.ended());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for ShellStream {
    fn drop(&mut self) {
        self.input = None;
        let exchange = Arc::clone(&self.exchange);
        let child = &mut self.child;
        exchange.close(async move {
            if timeout(LONGEST_FAREWELL, child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
        });
    }
}
