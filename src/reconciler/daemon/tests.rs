//! The daemon in one process, against simulated ConnectWises, real repositories and a real journal, with a clock that
//! the test moves.

mod counts;
mod day;
mod files;
mod office;
mod trouble;
mod withdrawn;
