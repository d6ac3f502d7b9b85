//! The public description of an instance: where its API is.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{Text, Unreadable, readable, value};

/// Which ConnectWise answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The company that runs it, as it calls itself.
    pub company_name: String,
    /// Its version.
    pub version: String,
    /// Whether the vendor hosts it.
    pub cloud: bool,
    /// The code base that addresses go through, without slashes.
    pub(super) codebase: String,
}

impl Instance {
    /// The code base that addresses of its API go through.
    #[must_use]
    pub fn codebase(&self) -> &str {
        &self.codebase
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InstanceWire<'a> {
    #[serde(borrow)]
    company_name: Option<Text<'a>>,
    #[serde(borrow)]
    codebase: Option<Text<'a>>,
    #[serde(borrow)]
    version_number: Option<Text<'a>>,
    #[serde(borrow)]
    is_cloud: Option<&'a RawValue>,
}

/// Reads the description; `None` when the site knows no such company, which it says by JSON null.
pub(super) fn read(body: &[u8]) -> Result<Option<Instance>, Unreadable> {
    if body.trim_ascii() == b"null" {
        return Ok(None);
    }
    let wire: InstanceWire<'_> = value(body)?;
    let text =
        |text: &Option<Text<'_>>| text.as_ref().map(|text| readable(text.as_str())).unwrap_or_default();
    let codebase = text(&wire.codebase).trim_matches('/').to_owned();
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if codebase.is_empty() || codebase.contains("..") || !codebase.bytes().all(sound) {
        return Err(Unreadable::of(format!("the code base {codebase:?}")));
    }
    let said = wire.is_cloud.map_or("", RawValue::get).trim_matches('"');
    Ok(Some(Instance {
        company_name: text(&wire.company_name),
        version: text(&wire.version_number),
        cloud: said.eq_ignore_ascii_case("true"),
        codebase,
    }))
}

/// The login company that a description is of, where it says so and that is not the one that was asked for. Whatever stands
/// behind the site then, it is not the ConnectWise whose keys these are.
pub(super) fn another(body: &[u8], company: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Owner<'a> {
        #[serde(borrow, rename = "CompanyID")]
        company_id: Option<Text<'a>>,
    }
    let owner: Owner<'_> = value(body).ok()?;
    let named = owner.company_id.filter(|named| !named.as_str().is_empty())?;
    (!named.as_str().eq_ignore_ascii_case(company)).then(|| readable(named.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{Instance, read};

    #[test]
    fn the_cloud_flag_may_be_text_or_boolean() {
        for flag in ["\"True\"", "true"] {
            let body = format!(
                r#"{{"CompanyName":"Example MSP","Codebase":"v2026_4/","VersionNumber":"v2026.4.1","IsCloud":{flag}}}"#
            );

            let instance = Instance {
                company_name: "Example MSP".into(),
                version: "v2026.4.1".into(),
                cloud: true,
                codebase: "v2026_4".into(),
            };
            assert_eq!(read(body.as_bytes()), Ok(Some(instance)), "{flag}");
        }
    }

    #[test]
    fn null_means_that_the_company_is_not_known() {
        assert_eq!(read(b" null "), Ok(None));
    }

    #[test]
    fn a_code_base_cannot_lead_elsewhere() {
        for codebase in ["", "/", "../x", "a/b", "x@evil.example", "x?y", "x%2f", ".."] {
            let body = format!(r#"{{"Codebase":{codebase:?}}}"#);

            assert!(read(body.as_bytes()).is_err(), "{codebase}");
        }
    }
}
