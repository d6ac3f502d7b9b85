//! Where talk goes: stderr, coloured only where that helps, and never by colour alone.

use std::io::{IsTerminal, Write, stderr, stdin, stdout};

use anstyle::{AnsiColor, Style};

use super::failure::Failure;
use super::progress::Progress;
use crate::problem::Color;

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The terminal, or what stands in its place.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    choice: anstream::ColorChoice,
    voice: Voice,
}

/// Whether anything is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Normal,
    Silent,
}

impl Screen {
    /// A screen that colours as asked.
    #[must_use]
    pub fn new(color: ColorChoice) -> Self {
        let choice = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { choice, voice: Voice::Normal }
    }

    /// The same screen, for work that nobody is to see.
    #[must_use]
    pub(super) fn silent(self) -> Self {
        Self { voice: Voice::Silent, ..self }
    }

    /// Prints one line of data on stdout.
    pub(super) fn print(&self, line: &str) -> Result<(), Failure> {
        writeln!(self.out(), "{line}").map_err(|error| Failure::output(&error))
    }

    /// Prints one line of data on stdout while something goes on that must not be stopped by a closed pipe.
    pub(super) fn tell(&self, line: &str) {
        // What was written to ConnectWise is in the journal; a reader that left misses only the talk.
        let _ = writeln!(self.out(), "{line}");
    }

    /// Prints the heading of a part of a longer output, and the command that gives that part.
    pub(super) fn heading(&self, title: &str, command: &str) -> Result<(), Failure> {
        let style = Style::new().bold();
        let command = if command.is_empty() { String::new() } else { format!("   $ {command}") };
        self.print(&format!("\n{style}== {title}{style:#}{command}\n"))
    }

    /// Says one line on stderr. A closed stderr is no reason to stop.
    pub fn say(&self, line: &str) {
        if self.voice == Voice::Silent {
            return;
        }
        let mut stream = anstream::AutoStream::new(stderr(), self.choice);
        let _ = writeln!(stream, "{line}");
    }

    /// Says what could not be done.
    pub fn error(&self, message: &str) {
        let style: Style = AnsiColor::Red.on_default().bold();
        self.say(&format!("{style}error{style:#}: {message}"));
    }

    /// Stdout for data: colours are stripped unless it is a terminal, or asked for.
    #[must_use]
    pub fn out(&self) -> Box<dyn Write> {
        match self.voice {
            Voice::Normal => Box::new(anstream::AutoStream::new(stdout(), self.choice)),
            Voice::Silent => Box::new(std::io::sink()),
        }
    }

    /// Stderr for talk that is written in pieces.
    #[must_use]
    pub fn talk(&self) -> anstream::AutoStream<std::io::Stderr> {
        anstream::AutoStream::new(stderr(), self.choice)
    }

    /// Whether a person can be asked.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        stdin().is_terminal() && stderr().is_terminal()
    }

    /// Whether progress may be drawn.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.voice == Voice::Normal && stderr().is_terminal()
    }

    /// A line that shows how a long read gets on.
    pub(super) fn progress(&self) -> Progress {
        Progress::new(*self)
    }

    /// A line that shows that mappings are fetched.
    pub(super) fn fetching(&self, place: &str) -> Progress {
        Progress::fetching(*self, place)
    }

    /// Whether to colour what goes to stdout, for those who write colours themselves.
    #[must_use]
    pub fn color(&self) -> Color {
        self.colors(anstream::AutoStream::choice(&stdout()))
    }

    /// Whether to colour what goes to stderr.
    pub(super) fn talk_color(&self) -> Color {
        self.colors(anstream::AutoStream::choice(&stderr()))
    }

    fn colors(&self, detected: anstream::ColorChoice) -> Color {
        match (self.choice, detected) {
            (anstream::ColorChoice::Never, _)
            | (anstream::ColorChoice::Auto, anstream::ColorChoice::Never) => Color::Never,
            (
                anstream::ColorChoice::Auto
                | anstream::ColorChoice::Always
                | anstream::ColorChoice::AlwaysAnsi,
                _,
            ) => Color::Always,
        }
    }

    /// How wide the terminal is; `None` where stdout is none, so that nothing is cut.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        terminal_size::terminal_size_of(stdout())
            .map(|(terminal_size::Width(columns), _)| usize::from(columns))
    }
}
