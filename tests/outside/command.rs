//! `trueup simulate --tls`: where its authority is found, and that nobody else finds a key.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};

use tempfile::TempDir;

use super::far_end::connect;

#[tokio::test]
async fn the_authority_is_written_where_asked_and_stays_there() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("authority.pem");

    let simulator = Simulate::start(&["--tls", "--tls-ca", file.to_str().unwrap()]);

    assert_eq!(simulator.authority, file);
    let authority = fs::read_to_string(&file).unwrap();
    assert!(connect(&simulator.url, Some(&authority)).await.is_ok());
    simulator.end();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), authority);
    let marks: Vec<&str> = authority.lines().filter(|line| line.starts_with("-----")).collect();
    assert_eq!(marks, ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"]);
}

#[tokio::test]
async fn an_authority_that_nobody_asked_for_is_a_file_for_as_long_as_the_simulator_runs() {
    let simulator = Simulate::start(&["--tls"]);
    let file = simulator.authority.clone();

    let authority = fs::read_to_string(&file).unwrap();
    assert!(connect(&simulator.url, Some(&authority)).await.is_ok());
    simulator.end();

    assert!(!file.exists());
}

#[test]
fn encryption_opens_the_simulator_to_no_other_machine() {
    let refused = Command::new(env!("CARGO_BIN_EXE_trueup"))
        .args(["simulate", "--tls", "--listen", "0.0.0.0:0"])
        .output();

    let refused = refused.unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("0.0.0.0:0 is no loopback address"), "{said}");
}

/// A simulator in a process of its own.
struct Simulate {
    child: Child,
    /// Read to the end, so that the child never writes into a closed pipe.
    talk: BufReader<ChildStderr>,
    url: String,
    authority: PathBuf,
}

impl Simulate {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trueup"))
            .args(["simulate", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut talk = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = || {
            let mut line = String::new();
            talk.read_line(&mut line).expect("it talks");
            line
        };
        let (first, second) = (line(), line());
        let authority = first.trim_end().rsplit(" in ").next().unwrap_or_default().into();
        let url = second.split([' ', ';']).find(|word| word.starts_with("https://"));
        let url = url.expect("it says where it is").to_owned();
        Self { child, talk, url, authority }
    }

    /// Ends it as Ctrl-C does, and waits until it is gone.
    fn end(mut self) {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        let mut rest = String::new();
        while self.talk.read_line(&mut rest).expect("it talks") > 0 {}
        assert!(self.child.wait().expect("it ends").success(), "{rest}");
    }
}

impl Drop for Simulate {
    fn drop(&mut self) {
        // Where a test has failed before its end; otherwise it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
