//! How long the main work takes and how much memory it needs, beside something of the same size in the same run.
//!
//! `cargo bench` measures; `cargo bench -- --smoke` does each once on small input, to see that it still runs, and
//! `cargo bench -- --once "plan 10000 lines"` does one of full size once, for a profiler. Absolute times vary between
//! machines and hours: quote the ratios.

mod idle;
mod mapping;
mod measure;
mod plan;
mod read;
mod simulator;
mod usage;

use measure::Effort;

fn main() {
    if simulator::holds() {
        return;
    }
    keep_memory();
    let asked = |flag: &str| std::env::args().any(|argument| argument == flag);
    let effort = match (asked("--smoke"), asked("--once")) {
        (true, _) => Effort::Smoke,
        (false, true) => Effort::Once,
        (false, false) => Effort::Full,
    };
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|prefix| name.starts_with(prefix.as_str()));

    println!("{:<44} {:>10} {:>10} {:>9} {:>10}  beside", "", "median", "first", "ratio", "peak");
    if wanted("mapping") {
        mapping::measure(effort);
    }
    if wanted("usage") {
        usage::measure(effort);
    }
    if wanted("read") {
        read::measure(effort);
    }
    if wanted("simulator") {
        simulator::measure(effort);
    }
    if wanted("idle") {
        idle::measure(effort);
    }
    // Last, because the peak of memory only ever grows.
    plan::measure(effort, wanted);
}

/// Starts the process once more with an allocator that keeps what it was given.
///
/// By itself glibc gives large pieces back to the kernel after every run and faults them in again in the next, while
/// small ones are kept: a large size would be measured cold and a small one warm, and growth would show the kernel. The
/// first run of each size is printed beside the median, and is cold for all.
fn keep_memory() {
    const TRIM: &str = "MALLOC_TRIM_THRESHOLD_";
    const MAP: &str = "MALLOC_MMAP_THRESHOLD_";
    if std::env::var_os(TRIM).is_some() {
        return;
    }
    let program = std::env::current_exe().expect("a running program has a file");
    let status = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(TRIM, usize::MAX.to_string())
        .env(MAP, usize::MAX.to_string())
        .status()
        .expect("a program that runs can be run again");
    std::process::exit(status.code().unwrap_or(1));
}
