//! Companies as ConnectWise sends them.
//!
//! One that has no identifier or name is kept without, since leaving it out could hide that two are alike.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{Names, Record, Text, Unreadable, own_number};
use crate::billing::{Company, CompanyId, CustomField};

/// Where companies are listed.
pub(super) const PATH: &str = "company/companies";
/// What is asked of each.
pub(super) const FIELDS: &str = "id,identifier,name,deletedFlag";
/// What is asked of each when a custom field is wanted.
pub(super) const FIELDS_WITH_CUSTOM: &str = "id,identifier,name,deletedFlag,customFields";

/// A company as sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompanyWire<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    identifier: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    deleted_flag: Option<bool>,
    #[serde(borrow)]
    custom_fields: Option<Vec<CustomFieldWire<'a>>>,
}

#[derive(Deserialize)]
struct CustomFieldWire<'a> {
    #[serde(borrow)]
    caption: Option<Text<'a>>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

impl Record for Company {
    type Wire<'a> = CompanyWire<'a>;
    type Parent = ();

    fn read(wire: CompanyWire<'_>, (): (), names: &mut Names) -> Result<Self, Unreadable> {
        let text =
            |text: Option<Text<'_>>| text.map_or_else(|| Arc::from(""), |text| Arc::from(text.as_str()));
        Ok(Self {
            id: CompanyId(own_number(wire.id)?),
            identifier: text(wire.identifier),
            name: text(wire.name),
            deleted: wire.deleted_flag.unwrap_or(false),
            custom_fields: wire
                .custom_fields
                .unwrap_or_default()
                .into_iter()
                .filter_map(|field| custom_field(field, names).transpose())
                .collect::<Result<_, _>>()?,
        })
    }

    fn number(&self) -> i64 {
        self.id.0
    }
}

/// A custom field; one without a caption cannot be asked for and is left out.
fn custom_field(wire: CustomFieldWire<'_>, names: &mut Names) -> Result<Option<CustomField>, Unreadable> {
    let Some(caption) = wire.caption else { return Ok(None) };
    let value = match wire.value.map(RawValue::get) {
        None => None,
        Some(source) if source.starts_with('"') => Some(serde_json::from_str::<String>(source)?),
        Some(source) => Some(source.to_owned()),
    };
    Ok(Some(CustomField {
        caption: names.intern(caption.as_str()),
        value: value.filter(|value| !value.is_empty()).map(Arc::from),
    }))
}

/// Keeps of a company's custom fields only the wanted one. Captions are compared trimmed.
pub(super) fn keep_custom_field(company: &mut Company, wanted: &str) {
    company.custom_fields.retain(|field| field.caption.trim() == wanted.trim());
}

#[cfg(test)]
mod tests {
    use super::keep_custom_field;
    use crate::billing::{Company, CompanyId, CustomField};
    use crate::connectwise::wire::{Names, records};

    fn read(json: &str) -> Vec<Company> {
        records(json.as_bytes(), (), &mut Names::default()).unwrap()
    }

    #[test]
    fn a_company_is_read_with_its_custom_fields_as_text() {
        let companies = read(
            r#"[{"id":7,"identifier":"acme","name":"Acme \"West\"","deletedFlag":true,"status":{"id":1},"customFields":[
                {"id":1,"caption":" echo_username ","type":"Text","value":"acme-backup"},
                {"id":2,"caption":"Seats","value":12.50},
                {"id":3,"caption":"Unset","value":null},
                {"id":4,"caption":"Empty","value":""}]}]"#,
        );

        let field = |caption: &str, value: Option<&str>| CustomField {
            caption: caption.into(),
            value: value.map(Into::into),
        };
        assert_eq!(
            companies,
            [Company {
                id: CompanyId(7),
                identifier: "acme".into(),
                name: "Acme \"West\"".into(),
                deleted: true,
                custom_fields: vec![
                    field(" echo_username ", Some("acme-backup")),
                    field("Seats", Some("12.50")),
                    field("Unset", None),
                    field("Empty", None),
                ],
            }]
        );
    }

    #[test]
    fn only_the_wanted_custom_field_is_kept() {
        let mut companies = read(
            r#"[{"id":7,"identifier":"a","name":"A","customFields":[{"caption":" echo_username "},{"caption":"Other"}]}]"#,
        );

        keep_custom_field(&mut companies[0], "echo_username");

        assert_eq!(companies[0].custom_fields.len(), 1);
        assert_eq!(&*companies[0].custom_fields[0].caption, " echo_username ");
    }

    #[test]
    fn a_company_without_identifier_is_kept_so_that_its_twin_stays_ambiguous() {
        let companies = read(r#"[{"id":7}]"#);

        assert_eq!(&*companies[0].identifier, "");
    }
}
