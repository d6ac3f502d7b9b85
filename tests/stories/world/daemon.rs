//! `trueup run` in a story: the binary that ships as a process of its own, watched by its log.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::World;

/// Whatever a story waits for comes sooner.
const PATIENCE: Duration = Duration::from_secs(60);

/// A daemon that runs.
pub struct Daemon {
    child: Child,
    lines: Receiver<String>,
    /// All that it logged so far.
    pub log: Vec<String>,
}

impl World {
    /// Starts the daemon.
    pub fn daemon(&self) -> Daemon {
        Daemon::start(self.command(&["run"]))
    }

    /// What `trueup status` says of the tenant.
    pub fn status(&self) -> Value {
        let ran = self.run(&["status", "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).expect("the status is JSON")
    }

    /// Waits until something is true of this world.
    pub fn wait_until(&self, what: &str, is_true: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_true(self) {
            assert!(start.elapsed() < PATIENCE, "it never came to be that {what}");
            std::thread::yield_now();
        }
    }
}

impl Daemon {
    /// Starts one as the command says.
    pub fn start(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let talk = BufReader::new(child.stderr.take().expect("it was piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in talk.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, log: Vec::new() }
    }

    /// Waits until it logs a line with all of these; lines of before do not count.
    pub fn says(&mut self, parts: &[&str]) -> String {
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.log.push(line.clone());
                    if parts.iter().all(|part| line.contains(part)) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("it never said {parts:?}:\n{}", self.log.join("\n")),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("it ended and never said {parts:?}:\n{}", self.log.join("\n"))
                }
            }
        }
    }

    /// Takes note of what it logs for a while.
    pub fn heed(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.log.push(line);
        }
        if self.runs() {
            return;
        }
        panic!("it ended:\n{}", self.log.join("\n"));
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until a pass has ended so.
    pub fn passes(&mut self, result: &str) -> String {
        self.says(&["the pass ended", &format!(r#""result":"{result}""#)])
    }

    /// Sends it a signal, by the name that `kill` has for it.
    pub fn signal(&self, name: &str) {
        let ran = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(ran.expect("kill runs").success());
    }

    /// Whether it runs still.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_none()
    }

    /// Waits until it has ended; gives its exit code and how long that took.
    pub fn ended(&mut self) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let status = self.child.wait().expect("it can be waited for");
        self.log.extend(self.lines.iter());
        (status.code(), start.elapsed())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
