//! How long the main work takes and how much memory it needs, beside something of the same size in the same run.
//!
//! `cargo bench` measures; `cargo bench -- --smoke` does each once on small input, to see that it still runs. Absolute
//! times vary between machines and hours: quote the ratios.

mod mapping;
mod measure;
mod plan;
mod read;
mod usage;

use measure::Effort;

fn main() {
    let effort =
        if std::env::args().any(|argument| argument == "--smoke") { Effort::Smoke } else { Effort::Full };
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|prefix| name.starts_with(prefix.as_str()));

    println!("{:<44} {:>10} {:>10} {:>9} {:>10}  beside", "", "median", "fastest", "ratio", "peak");
    if wanted("mapping") {
        mapping::measure(effort);
    }
    if wanted("usage") {
        usage::measure(effort);
    }
    if wanted("read") {
        read::measure(effort);
    }
    // Last, because the peak of memory only ever grows.
    if wanted("plan") {
        plan::measure(effort);
    }
}
