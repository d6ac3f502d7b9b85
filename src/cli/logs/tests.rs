//! What a log line looks like, and what it never holds.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use super::{Log, LogFormat};

/// What was written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(level: LevelFilter, format: LogFormat, work: impl FnOnce()) -> String {
    let paper = Paper::default();
    let log = Log { level, format, out: Mutex::new(paper.clone()) };
    tracing::subscriber::with_default(tracing_subscriber::registry().with(log), work);
    let bytes = paper.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8(bytes).unwrap()
}

/// The lines without their times.
fn told(level: LevelFilter, work: impl FnOnce()) -> Vec<String> {
    let text = logged(level, LogFormat::Text, work);
    text.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
}

#[test]
fn what_a_line_is_about_comes_first_and_its_time_is_utc() {
    let work = || {
        let pass = tracing::info_span!("pass", pass = 3, tenant = "example-msp");
        let _entered = pass.enter();
        tracing::info!(written = 2, why = "usage moved", line = "Alpine/BKP-GB", "Applied");
    };

    let text = logged(LevelFilter::INFO, LogFormat::Text, work);

    let (time, rest) = text.split_once(' ').unwrap();
    assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    assert_eq!(
        rest,
        "info  tenant=example-msp pass=3 line=Alpine/BKP-GB Applied written=2 why=\"usage moved\"\n"
    );
}

#[test]
fn a_line_for_programs_is_one_json_object() {
    let work = || tracing::warn!(tenant = "example-msp", held = 2_u64, stale = true, "Held \"two\"");

    let text = logged(LevelFilter::INFO, LogFormat::Json, work);

    let line: Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert_eq!(
        (&line["level"], &line["tenant"], &line["held"]),
        (&"warn".into(), &"example-msp".into(), &2.into())
    );
    assert_eq!((&line["message"], &line["stale"]), (&"Held \"two\"".into(), &true.into()));
    assert!(line["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
}

#[test]
fn sec_p3_headers_addresses_and_named_secrets_never_reach_a_line() {
    let work = || {
        tracing::info!(authorization = "hunter2hunter2", clientId = "hunter2", "x");
        tracing::info!("GET https://robot:hunter2@git.example.com/x Authorization: Basic aHVudGVyMg==");
        tracing::info!(headers = ?[("cookie", "a=1")], "Cookie: hunter2; Bearer hunter2hunter2");
        tracing::info!(address = %"https://hunter2@host", "Set-Cookie=hunter2");
    };

    for format in [LogFormat::Text, LogFormat::Json] {
        let text = logged(LevelFilter::TRACE, format, work);

        assert_eq!(text.lines().count(), 4);
        assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMg"), "{text}");
    }
}

#[test]
fn sec_p3_no_line_steers_a_terminal_or_forges_another_line() {
    let work = || {
        tracing::info!(
            line = "A\u{1b}[31mB\u{202e}",
            error = ?"x\r\n",
            "Read\nerror tenant=forged Everything is lost\u{9b}2J\u{7}"
        );
    };

    for format in [LogFormat::Text, LogFormat::Json] {
        let text = logged(LevelFilter::TRACE, format, work);

        assert_eq!(text.lines().count(), 1, "{text}");
        let odd = |sign: char| sign.is_control() && sign != '\n' || sign == '\u{202e}';
        assert!(!text.contains(odd), "{text:?}");
    }
}

#[test]
fn other_libraries_are_heard_only_when_they_warn() {
    let lines = told(LevelFilter::TRACE, || {
        tracing::trace!("ours");
        tracing::debug!(target: "hyper::proto", "theirs");
        tracing::warn!(target: "hyper::proto", "their warning");
        tracing::info!(target: "trueup_elsewhere", "no name of ours");
    });

    assert_eq!(lines, ["trace ours", "warn  their warning"]);
}

#[test]
fn what_is_less_than_asked_for_is_not_logged() {
    let lines = told(LevelFilter::WARN, || {
        tracing::info!("a decision");
        tracing::error!("a failure");
    });

    assert_eq!(lines, ["error a failure"]);
}

#[test]
fn a_long_value_is_cut_and_an_odd_one_is_quoted() {
    let long = "ü".repeat(10_000);
    let lines = told(LevelFilter::INFO, || tracing::info!(empty = "", "{long}"));

    assert!(lines[0].len() < 5_000 && lines[0].ends_with("… empty=\"\""), "{}", lines[0].len());
}
