//! Times a piece of work and prints it beside its yardstick.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Small input, once.
    Smoke,
    /// The sizes that the bars are set for, once: for a profiler, which is slow and exact.
    Once,
    /// The sizes that the bars are set for, several times.
    Full,
}

impl Effort {
    /// A size for this effort.
    pub fn size(self, full: usize) -> usize {
        match self {
            Self::Smoke => (full / 100).max(10),
            Self::Once | Self::Full => full,
        }
    }

    fn runs(self) -> usize {
        match self {
            Self::Smoke | Self::Once => 1,
            Self::Full => 5,
        }
    }
}

/// What one piece of work took.
pub struct Taken {
    pub median: Duration,
    /// The first run, which also had to be given its memory.
    pub first: Duration,
}

/// Times `work`.
pub fn time<T>(effort: Effort, mut work: impl FnMut() -> T) -> Taken {
    let mut times: Vec<Duration> = (0..effort.runs())
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .collect();
    let first = times[0];
    times.sort();
    Taken { median: times[times.len() / 2], first }
}

/// Prints a row: the work, and how it compares with its yardstick.
pub fn row(name: &str, taken: &Taken, beside: Option<(&str, &Taken)>) {
    let (ratio, yardstick) = match beside {
        Some((yardstick, other)) => {
            let ratio = taken.median.as_secs_f64() / other.median.as_secs_f64().max(1e-9);
            (format!("{ratio:.2}"), format!("{yardstick}, {}", milliseconds(other.median)))
        }
        None => (String::new(), String::new()),
    };
    println!(
        "{name:<44} {:>10} {:>10} {ratio:>9} {:>10}  {yardstick}",
        milliseconds(taken.median),
        milliseconds(taken.first),
        peak_memory()
    );
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

/// The most memory the process ever held, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.map(|kibibytes| format!("{} MiB", kibibytes / 1024)).unwrap_or_default()
}
