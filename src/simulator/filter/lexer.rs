//! Cuts a condition into words: names, operators, literals.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::BadCondition;
use crate::simulator::moment;
use crate::simulator::options::QuoteEscape;
use crate::simulator::value::read_number;

/// How one value is compared with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value written in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Text(String),
    Number(Decimal),
    Flag(bool),
    Date(Timestamp),
    Null,
}

/// A word of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Open,
    Close,
    Comma,
    Operator(Operator),
    Literal(Literal),
    And,
    Or,
    Not,
    Contains,
    Like,
    In,
    /// A field: names with slashes between them.
    Field(Vec<String>),
}

/// Cuts a text into words.
pub(super) fn read(text: &str, escape: QuoteEscape) -> Result<Vec<Word>, BadCondition> {
    let mut lexer = Lexer { rest: text, escape };
    let mut words = Vec::new();
    while let Some(word) = lexer.next()? {
        words.push(word);
    }
    Ok(words)
}

struct Lexer<'t> {
    rest: &'t str,
    escape: QuoteEscape,
}

impl<'t> Lexer<'t> {
    fn next(&mut self) -> Result<Option<Word>, BadCondition> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let word = match first {
            '(' => self.single(Word::Open),
            ')' => self.single(Word::Close),
            ',' => self.single(Word::Comma),
            '=' | '!' | '<' | '>' => Word::Operator(self.operator()?),
            '"' | '\'' => Word::Literal(Literal::Text(self.text(first)?)),
            '[' => Word::Literal(Literal::Date(self.date()?)),
            '-' | '0'..='9' => Word::Literal(Literal::Number(self.number()?)),
            'a'..='z' | 'A'..='Z' | '_' => self.name(),
            other => {
                return Err(BadCondition(format!("The character '{other}' is not expected in a condition")));
            }
        };
        Ok(Some(word))
    }

    fn single(&mut self, word: Word) -> Word {
        self.take(1);
        word
    }

    /// Takes so many bytes off the front.
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn operator(&mut self) -> Result<Operator, BadCondition> {
        const SIGNS: [(&str, Operator); 6] = [
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let found = SIGNS.into_iter().find(|(sign, _)| self.rest.starts_with(sign));
        let (sign, operator) = found.ok_or_else(|| BadCondition("The operator is not known".to_owned()))?;
        self.take(sign.len());
        Ok(operator)
    }

    fn text(&mut self, quote: char) -> Result<String, BadCondition> {
        self.take(1);
        let mut text = String::new();
        let mut letters = self.rest.char_indices().peekable();
        while let Some((place, letter)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            match (self.escape, letter) {
                (QuoteEscape::Backslash, '\\') if next.is_some_and(|next| next == quote || next == '\\') => {
                    text.extend(letters.next().map(|(_, escaped)| escaped));
                }
                (QuoteEscape::Doubled, letter) if letter == quote && next == Some(quote) => {
                    text.extend(letters.next().map(|(_, escaped)| escaped));
                }
                (_, letter) if letter == quote => {
                    self.rest = &self.rest[place + 1..];
                    return Ok(text);
                }
                (_, letter) => text.push(letter),
            }
        }
        Err(BadCondition("A text in the condition has no end".to_owned()))
    }

    fn date(&mut self) -> Result<Timestamp, BadCondition> {
        let end =
            self.rest.find(']').ok_or_else(|| BadCondition("A date has no closing bracket".to_owned()))?;
        let written = self.take(end + 1);
        let inside = &written[1..end];
        moment::read(inside).ok_or_else(|| {
            BadCondition(format!("The date [{inside}] is not of the form [yyyy-MM-ddTHH:mm:ssZ]"))
        })
    }

    fn number(&mut self) -> Result<Decimal, BadCondition> {
        let belongs = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
        let length = 1 + self.rest[1..].find(|letter| !belongs(letter)).unwrap_or(self.rest.len() - 1);
        let written = self.take(length).to_owned();
        let digits = written.trim_start_matches('-');
        let plain =
            digits.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        let number = if plain { read_number(&written) } else { None };
        number.ok_or_else(|| BadCondition(format!("The number {written} is not valid")))
    }

    fn name(&mut self) -> Word {
        let belongs = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '/');
        let length = self.rest.find(|letter| !belongs(letter)).unwrap_or(self.rest.len());
        let name = self.take(length);
        match name.to_ascii_lowercase().as_str() {
            "and" => Word::And,
            "or" => Word::Or,
            "not" => Word::Not,
            "contains" => Word::Contains,
            "like" => Word::Like,
            "in" => Word::In,
            "true" => Word::Literal(Literal::Flag(true)),
            "false" => Word::Literal(Literal::Flag(false)),
            "null" => Word::Literal(Literal::Null),
            _ => Word::Field(name.split('/').map(str::to_owned).collect()),
        }
    }
}
