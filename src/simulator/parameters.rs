//! The query of a request: parameters by name, whatever the case of the name.

/// Parameters in the order they were sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Vec<Parameter>);

#[derive(Clone, Debug)]
struct Parameter {
    /// Name and value exactly as sent, so that links can repeat them.
    written: String,
    name: String,
    value: String,
}

impl Parameters {
    /// Reads a query.
    pub(super) fn read(query: &str) -> Self {
        let read_one = |written: &str| {
            let (name, value) = written.split_once('=').unwrap_or((written, ""));
            Parameter {
                written: written.to_owned(),
                name: decode(name).to_ascii_lowercase(),
                value: decode(value),
            }
        };
        Self(query.split('&').filter(|written| !written.is_empty()).map(read_one).collect())
    }

    /// The value of a parameter, by its lower-case name; empty where it is not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|parameter| parameter.name == name)
            .map_or("", |parameter| parameter.value.as_str())
    }

    /// The query as sent, but with this parameter last and with this value.
    pub(super) fn with_last(&self, name: &str, value: u64) -> String {
        let lower = name.to_ascii_lowercase();
        let others = self.0.iter().filter(|parameter| parameter.name != lower);
        let mut query: String = others.flat_map(|parameter| [parameter.written.as_str(), "&"]).collect();
        query.push_str(&format!("{name}={value}"));
        query
    }
}

/// Decodes percent signs, and plus signs as spaces. What is no valid code stays as it is.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let code = if *byte == b'%' { bytes.get(place + 1..place + 3).and_then(hexadecimal) } else { None };
        match (code, byte) {
            (Some(code), _) => decoded.push(code),
            (None, b'+') => decoded.push(b' '),
            (None, other) => decoded.push(*other),
        }
        place += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}
