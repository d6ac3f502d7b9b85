//! Writes values as JSON text.

use std::fmt::{self, Display, Formatter, Write};

use super::{Object, Value};

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write_text(f, text),
            Self::Date(date) => write!(f, "\"{date}\""),
            Self::List(list) => write_list(f, list),
            Self::Object(object) => object.fmt(f),
        }
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        for (place, (name, value)) in self.iter().enumerate() {
            if place > 0 {
                f.write_char(',')?;
            }
            write_text(f, name)?;
            f.write_char(':')?;
            value.fmt(f)?;
        }
        f.write_char('}')
    }
}

fn write_list(f: &mut Formatter<'_>, list: &[Value]) -> fmt::Result {
    f.write_char('[')?;
    for (place, value) in list.iter().enumerate() {
        if place > 0 {
            f.write_char(',')?;
        }
        value.fmt(f)?;
    }
    f.write_char(']')
}

fn write_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    let mut plain = 0;
    for (place, letter) in text.char_indices().filter(|(_, letter)| needs_escape(*letter)) {
        f.write_str(&text[plain..place])?;
        write_escaped(f, letter)?;
        plain = place + letter.len_utf8();
    }
    f.write_str(&text[plain..])?;
    f.write_char('"')
}

fn needs_escape(letter: char) -> bool {
    letter == '"' || letter == '\\' || letter < ' '
}

fn write_escaped(f: &mut Formatter<'_>, letter: char) -> fmt::Result {
    match letter {
        '"' => f.write_str("\\\""),
        '\\' => f.write_str("\\\\"),
        other => write!(f, "\\u{:04x}", u32::from(other)),
    }
}
