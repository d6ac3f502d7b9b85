//! Logs: one line a decision on stderr, for people on a terminal and as JSON for programs.
//!
//! Decides the form of a line, and that none holds a secret or a character that steers a terminal. What is worth a line
//! is decided where it happens.

mod line;
mod panics;

use std::fmt;
use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use self::line::{Fields, Line};
pub(super) use self::panics::tell_panics;

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct LogChoice {
    /// The least that is logged; the daemon logs info, other verbs nothing
    #[arg(long, global = true, value_name = "LEVEL", env = "TRUEUP_LOG")]
    log_level: Option<LogLevel>,
    /// How log lines are written; text on a terminal, else json
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

/// The least that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Nothing
    Off,
    /// What needs somebody
    Error,
    /// What may need somebody
    Warn,
    /// One line a decision
    Info,
    /// The steps to it
    Debug,
    /// Everything
    Trace,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl LogChoice {
    /// Starts the logs, once in a process. `usual` is the level when nobody chose one.
    pub(super) fn start(self, usual: LogLevel) {
        let format = self.log_format.unwrap_or_else(|| match stderr().is_terminal() {
            true => LogFormat::Text,
            false => LogFormat::Json,
        });
        let level = filter(self.log_level.unwrap_or(usual));
        let log = Log { level, format, out: Mutex::new(stderr()) };
        // Logs that stand already, as in a test, stay.
        let _ = tracing_subscriber::registry().with(log).try_init();
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// Writes each event as one line.
struct Log<W> {
    level: LevelFilter,
    format: LogFormat,
    out: Mutex<W>,
}

impl<W: Write> Log<W> {
    /// What other libraries say is theirs and may hold what was sent; only their warnings are wanted.
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().split("::").next() == Some("trueup");
        let least = if ours { self.level } else { self.level.min(LevelFilter::WARN) };
        *metadata.level() <= least
    }

    fn write(&self, line: &Line) {
        let text = match self.format {
            LogFormat::Text => line.text(),
            LogFormat::Json => line.json(),
        };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // A closed stderr is no reason to stop. One call a line, so that lines of two processes do not mix.
        let _ = out.write_all(format!("{text}\n").as_bytes());
    }
}

impl<S, W> Layer<S> for Log<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Write + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_span() || self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        id: &tracing::span::Id,
        context: Context<'_, S>,
    ) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &tracing::span::Id, values: &tracing::span::Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if !self.wants(event.metadata()) {
            return;
        }
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.extend(outer);
            }
        }
        event.record(&mut fields);
        self.write(&Line::new(Timestamp::now(), *event.metadata().level(), fields));
    }
}

impl<W> fmt::Debug for Log<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("level", &self.level)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
