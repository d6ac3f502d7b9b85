//! The command line: what can be typed, which verb it runs, and how a failure is told.
//!
//! One file a verb. Data goes to stdout, talk to stderr. Decides nothing about quantities.

mod apply;
mod ask;
mod completions;
mod demo;
mod doctor;
mod exit;
mod explain;
mod failure;
mod format;
mod history;
mod init;
mod logs;
mod man;
mod plan;
mod progress;
mod resume;
mod rights;
mod run;
mod schema;
mod screen;
mod session;
mod simulate;
mod status;
mod suspend;
mod user;
mod validate;

pub use exit::Exit;
pub use failure::Failure;
pub use logs::{LogChoice, LogFormat, LogLevel};
pub use screen::ColorChoice;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

/// Keep ConnectWise agreement quantities equal to backup usage
///
/// Mappings live in git; trueup reads them at a commit, reads usage, reads ConnectWise, shows the difference as a plan,
/// and applies only the changes. When in doubt it does not write, and says so.
#[derive(Debug, Parser)]
#[command(name = "trueup", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "Examples:
  trueup demo --once                      a whole sample tenant on this machine
  trueup validate                         check the mapping files, offline
  trueup plan                             what would change, and why
  trueup apply                            plan, show, ask, then write the changes
  trueup run                              the daemon: keeps every tenant in step
  trueup doctor                           what keeps trueup from working, and what to do
  trueup explain Northwind/BKP-GB         one number, from bytes to quantity

Exit codes: 0 done, 2 changes (--detailed-exitcode), 3 a line is held, 4 a file is invalid, 5 nothing could be
planned, 6 partly applied, 7 the plan file does not fit any more, 8 another process holds the journal, 64 usage";

/// What every verb takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// Settings file; without it TRUEUP_CONFIG, then ./trueup.yaml, then the user's configuration folder
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Tenant; may be left out when the settings have only one
    #[arg(long, global = true, value_name = "NAME")]
    pub tenant: Option<String>,
    /// When to colour; never the only sign of anything
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// What is logged, and how
    #[command(flatten)]
    pub logs: LogChoice,
}

/// The verbs. What each does is told by its own arguments.
#[derive(Debug, Subcommand)]
enum Verb {
    Demo(demo::Demo),
    Init(init::Init),
    Validate(validate::Validate),
    Plan(plan::PlanVerb),
    Apply(apply::Apply),
    Run(run::Run),
    Doctor(doctor::Doctor),
    Suspend(suspend::Suspend),
    Resume(resume::Resume),
    Status(status::Status),
    Explain(explain::Explain),
    History(history::History),
    User(user::User),
    Simulate(simulate::Simulate),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the program: parses the arguments, does the verb, tells a failure, and says how it ended.
pub fn dispatch(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let screen = screen::Screen::new(cli.global.color);
    logs::tell_panics(&screen);
    cli.global.logs.start(usual_log_level(&cli.verb));
    match run(&cli.global, cli.verb, &screen) {
        Ok(exit) => exit,
        Err(failure) => {
            failure.tell(&screen);
            failure.exit()
        }
    }
}

fn run(global: &Global, verb: Verb, screen: &screen::Screen) -> Result<Exit, Failure> {
    match verb {
        Verb::Demo(verb) => demo::run(&verb, screen),
        Verb::Init(verb) => init::run(&verb, screen),
        Verb::Validate(verb) => validate::run(global, &verb, screen),
        Verb::Plan(verb) => plan::run(global, &verb, screen),
        Verb::Apply(verb) => apply::run(global, &verb, screen),
        Verb::Run(verb) => run::run(global, &verb, screen),
        Verb::Doctor(verb) => doctor::run(global, &verb, screen),
        Verb::Suspend(verb) => suspend::run(global, &verb, screen),
        Verb::Resume(verb) => resume::run(global, &verb, screen),
        Verb::Status(verb) => status::run(global, &verb, screen),
        Verb::Explain(verb) => explain::run(global, &verb, screen),
        Verb::History(verb) => history::run(global, &verb, screen),
        Verb::User(verb) => user::run(&verb, screen),
        Verb::Simulate(verb) => simulate::run(&verb, screen),
        Verb::Schema(verb) => schema::run(&verb),
        Verb::Completions(verb) => completions::run(&verb),
        Verb::Man(verb) => man::run(&verb, screen),
    }
}

/// What a verb logs when nobody chose. Only the daemon has nobody in front of it.
fn usual_log_level(verb: &Verb) -> LogLevel {
    if matches!(verb, Verb::Run(_)) { LogLevel::Info } else { LogLevel::Off }
}

/// Help and version are data and end well; anything else that clap refuses is a usage error. Its own exit code 2 would
/// say "changes" here, so it is not used.
fn usage(error: &clap::Error) -> Exit {
    // Nothing can be told if even this cannot be printed.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

/// The command as clap knows it, for completions and manual pages.
fn command() -> clap::Command {
    Cli::command()
}
