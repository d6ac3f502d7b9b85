//! Whether text is coloured, and in which few styles. Colour only ever adds: the words say the same without it.
//!
//! Knows no terminal: who calls decides whether there is one.

use std::fmt;

use anstyle::{AnsiColor, Style};

/// Whether to add colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Plain text.
    #[default]
    Never,
    /// With ANSI escapes.
    Always,
}

/// What a piece of text is, for those who see colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As the rest.
    Plain,
    /// Headings and totals.
    Strong,
    /// Matters less.
    Faint,
    /// Dangerous, or wrong.
    Alarm,
    /// Held, or doubtful.
    Caution,
    /// Grows.
    Growth,
    /// Appears.
    Fresh,
    /// Over somebody's hand.
    Contested,
}

impl Color {
    /// The text in that tone, ready to be written. The text must already be printable.
    pub fn paint<T: fmt::Display>(self, tone: Tone, text: T) -> impl fmt::Display {
        Painted { style: self.style(tone), text }
    }

    fn style(self, tone: Tone) -> Style {
        match self {
            Self::Never => Style::new(),
            Self::Always => tone.style(),
        }
    }
}

impl Tone {
    fn style(self) -> Style {
        let coloured = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Alarm => coloured(AnsiColor::Red),
            Self::Caution => coloured(AnsiColor::Yellow),
            Self::Growth => coloured(AnsiColor::Green),
            Self::Fresh => coloured(AnsiColor::Cyan),
            Self::Contested => coloured(AnsiColor::Magenta),
        }
    }
}

struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { style, text } = self;
        write!(f, "{style}{text}{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Color, Tone};

    #[test]
    fn without_colour_a_text_is_untouched() {
        assert_eq!(Color::Never.paint(Tone::Alarm, "held").to_string(), "held");
    }

    #[test]
    fn colour_is_closed_behind_the_text() {
        assert_eq!(Color::Always.paint(Tone::Alarm, "held").to_string(), "\u{1b}[31mheld\u{1b}[0m");
    }
}
