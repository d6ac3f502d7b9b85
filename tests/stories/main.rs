//! Stories through the whole program: YAML in a real git repository, usage files, a simulated ConnectWise over HTTP, a
//! real journal, and the binary that ships. They read like documentation of what a user sees.

#[path = "../contract/watch.rs"]
mod contract;
#[path = "../tools/required.rs"]
mod required;
mod world;

mod between;
mod callbacks;
mod codes;
mod commits;
mod credentials;
mod daemon;
mod daemon_commits;
mod determinism;
mod doctor;
mod faces;
mod failures;
mod faults;
mod first_day;
mod kills;
mod operator;
mod page;
mod plan_files;
mod pushes;
mod readme;
mod reads_only;
mod remotes;
mod simulate;
mod soak;
mod strategies;
mod vectors;
mod writes;
