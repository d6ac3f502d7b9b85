//! Makes a sentence of the words of a condition.
//!
//! `or` binds looser than `and`; `not` belongs to contains, like and in, never to a group.

use super::BadCondition;
use super::lexer::{Literal, Operator, Word};

/// More brackets inside each other than anybody writes.
const DEEPEST: usize = 64;

/// A condition, its fields still names or already columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sentence<F> {
    All(Vec<Sentence<F>>),
    Any(Vec<Sentence<F>>),
    Test(F, Test),
}

/// Whether a test must hold or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    Is,
    IsNot,
}

/// What is asked of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Compare(Operator, Literal),
    Contains(Sense, String),
    Like(Sense, String),
    In(Sense, Vec<Literal>),
}

impl<F> Sentence<F> {
    /// The same sentence with every field replaced and every test checked.
    pub(super) fn bind<G>(
        self,
        bind: &mut dyn FnMut(F, &Test) -> Result<G, BadCondition>,
    ) -> Result<Sentence<G>, BadCondition> {
        Ok(match self {
            Self::All(parts) => Sentence::All(bind_each(parts, bind)?),
            Self::Any(parts) => Sentence::Any(bind_each(parts, bind)?),
            Self::Test(field, test) => Sentence::Test(bind(field, &test)?, test),
        })
    }

    /// Whether any of its fields is one of these.
    pub(super) fn names_any(&self, wanted: &dyn Fn(&F) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.names_any(wanted)),
            Self::Test(field, _) => wanted(field),
        }
    }
}

type Bind<'b, F, G> = &'b mut dyn FnMut(F, &Test) -> Result<G, BadCondition>;

fn bind_each<F, G>(parts: Vec<Sentence<F>>, bind: Bind<'_, F, G>) -> Result<Vec<Sentence<G>>, BadCondition> {
    parts.into_iter().map(|part| part.bind(bind)).collect()
}

/// Reads words from left to right.
pub(super) struct Parser {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
    depth: usize,
}

type Parsed = Result<Sentence<Vec<String>>, BadCondition>;

impl Parser {
    pub(super) fn new(words: Vec<Word>) -> Self {
        Self { words: words.into_iter().peekable(), depth: 0 }
    }

    /// The whole text as one sentence.
    pub(super) fn sentence(mut self) -> Parsed {
        let sentence = self.any()?;
        match self.words.next() {
            None => Ok(sentence),
            Some(word) => Err(BadCondition(format!("The condition does not end before {word:?}"))),
        }
    }

    fn any(&mut self) -> Parsed {
        let mut parts = vec![self.all()?];
        while self.words.next_if_eq(&Word::Or).is_some() {
            parts.push(self.all()?);
        }
        Ok(single_or(parts, Sentence::Any))
    }

    fn all(&mut self) -> Parsed {
        let mut parts = vec![self.term()?];
        while self.words.next_if_eq(&Word::And).is_some() {
            parts.push(self.term()?);
        }
        Ok(single_or(parts, Sentence::All))
    }

    fn term(&mut self) -> Parsed {
        match self.words.next() {
            Some(Word::Open) => self.group(),
            Some(Word::Field(names)) => Ok(Sentence::Test(names, self.test()?)),
            Some(word) => Err(BadCondition(format!("A field or a bracket is expected, not {word:?}"))),
            None => Err(BadCondition("The condition ends where a field is expected".to_owned())),
        }
    }

    fn group(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(BadCondition("The condition has too many brackets inside each other".to_owned()));
        }
        let inside = self.any()?;
        self.depth -= 1;
        self.expect(&Word::Close)?;
        Ok(inside)
    }

    fn test(&mut self) -> Result<Test, BadCondition> {
        if let Some(Word::Operator(operator)) = self.words.next_if(|word| matches!(word, Word::Operator(_))) {
            return Ok(Test::Compare(operator, self.literal()?));
        }
        let sense = if self.words.next_if_eq(&Word::Not).is_some() { Sense::IsNot } else { Sense::Is };
        match self.words.next() {
            Some(Word::Contains) => Ok(Test::Contains(sense, self.text()?)),
            Some(Word::Like) => Ok(Test::Like(sense, self.text()?)),
            Some(Word::In) => Ok(Test::In(sense, self.literals()?)),
            Some(word) => Err(BadCondition(format!("An operator is expected, not {word:?}"))),
            None => Err(BadCondition("The condition ends where an operator is expected".to_owned())),
        }
    }

    fn literals(&mut self) -> Result<Vec<Literal>, BadCondition> {
        self.expect(&Word::Open)?;
        let mut literals = vec![self.literal()?];
        while self.words.next_if_eq(&Word::Comma).is_some() {
            literals.push(self.literal()?);
        }
        self.expect(&Word::Close)?;
        Ok(literals)
    }

    fn literal(&mut self) -> Result<Literal, BadCondition> {
        match self.words.next() {
            Some(Word::Literal(literal)) => Ok(literal),
            _ => Err(BadCondition(LITERALS.to_owned())),
        }
    }

    fn text(&mut self) -> Result<String, BadCondition> {
        match self.literal()? {
            Literal::Text(text) => Ok(text),
            Literal::Number(_) | Literal::Flag(_) | Literal::Date(_) | Literal::Null => {
                Err(BadCondition("Contains and like need a text in quotes".to_owned()))
            }
        }
    }

    fn expect(&mut self, wanted: &Word) -> Result<(), BadCondition> {
        match self.words.next_if_eq(wanted) {
            Some(_) => Ok(()),
            None => Err(BadCondition(format!("{wanted:?} is expected"))),
        }
    }
}

/// How every literal is written.
pub(super) const LITERALS: &str = "String literals are written in single or double quotes, integers and decimals \
    as bare numbers, booleans as true or false, dates in square brackets as [yyyy-MM-ddTHH:mm:ssZ], and nothing as \
    null";

fn single_or<F>(mut parts: Vec<Sentence<F>>, several: fn(Vec<Sentence<F>>) -> Sentence<F>) -> Sentence<F> {
    if parts.len() == 1 { parts.swap_remove(0) } else { several(parts) }
}
