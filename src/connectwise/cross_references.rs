//! Managed Devices Integrations and their cross-references as ConnectWise sends them.
//!
//! A row without a product or agreement type is kept as the broken row it is; the books say what it holds.

use serde::Deserialize;

use super::additions::ProductReference;
use super::wire::{Names, Record, Reference, Text, Unreadable, is_number, own_number, referred};
use crate::billing::{
    AgreementTypeId, CrossReference, CrossReferenceId, Integration, IntegrationId, ProductId,
};

/// Where integrations are listed.
pub(super) const INTEGRATIONS_PATH: &str = "company/managedDevicesIntegrations";
/// What is asked of each.
pub(super) const INTEGRATIONS_FIELDS: &str = "id,name";
/// What is asked of each cross-reference.
pub(super) const FIELDS: &str =
    "id,vendorType,vendorLevel,agreementType/id,product/id,product/identifier,inactiveFlag";

/// Where the cross-references of an integration are listed.
pub(super) fn path(integration: IntegrationId) -> String {
    format!("{INTEGRATIONS_PATH}/{integration}/crossReferences")
}

/// An integration as sent.
#[derive(Deserialize)]
pub(super) struct IntegrationWire<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

impl Record for Integration {
    type Wire<'a> = IntegrationWire<'a>;
    type Parent = ();

    fn read(wire: IntegrationWire<'_>, (): (), names: &mut Names) -> Result<Self, Unreadable> {
        let id = IntegrationId(own_number(wire.id)?);
        Ok(Self { id, name: names.intern(wire.name.as_ref().map_or("", |name| name.as_str())) })
    }

    fn number(&self) -> i64 {
        self.id.0
    }
}

/// A cross-reference as sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CrossReferenceWire<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    vendor_type: Option<Text<'a>>,
    #[serde(borrow)]
    vendor_level: Option<Text<'a>>,
    agreement_type: Option<Reference>,
    #[serde(borrow)]
    product: Option<ProductReference<'a>>,
    inactive_flag: Option<bool>,
}

impl Record for CrossReference {
    type Wire<'a> = CrossReferenceWire<'a>;
    type Parent = IntegrationId;

    fn read(
        wire: CrossReferenceWire<'_>,
        integration: IntegrationId,
        names: &mut Names,
    ) -> Result<Self, Unreadable> {
        let product = wire.product.as_ref().and_then(|product| {
            let id = product.id.filter(|&id| is_number(id))?;
            Some((ProductId(id), names.intern(product.identifier.as_ref()?.as_str())))
        });
        Ok(Self {
            id: CrossReferenceId(own_number(wire.id)?),
            integration,
            vendor_type: names.intern(wire.vendor_type.as_ref().map_or("", |text| text.as_str())),
            level: names.intern(wire.vendor_level.as_ref().map_or("", |text| text.as_str())),
            agreement_type: referred(wire.agreement_type.as_ref()).map(AgreementTypeId),
            product,
            inactive: wire.inactive_flag.unwrap_or(false),
        })
    }

    fn number(&self) -> i64 {
        self.id.0
    }
}

#[cfg(test)]
mod tests {
    use crate::billing::{AgreementTypeId, CrossReference, CrossReferenceId, IntegrationId, ProductId};
    use crate::connectwise::wire::{Names, records};

    #[test]
    fn broken_rows_are_kept_as_broken_and_levels_byte_for_byte() {
        let rows: Vec<CrossReference> = records(
            br#"[{"id":14,"vendorType":"BackupUsage","vendorLevel":"Gold ","agreementType":{"id":5},
                  "product":{"id":21,"identifier":"BKP-GB"},"inactiveFlag":true},
                 {"id":15,"vendorType":"LocalBackup","vendorLevel":"gold"}]"#,
            IntegrationId(2),
            &mut Names::default(),
        )
        .unwrap();

        let whole = CrossReference {
            id: CrossReferenceId(14),
            integration: IntegrationId(2),
            vendor_type: "BackupUsage".into(),
            level: "Gold ".into(),
            agreement_type: Some(AgreementTypeId(5)),
            product: Some((ProductId(21), "BKP-GB".into())),
            inactive: true,
        };
        let broken = CrossReference {
            id: CrossReferenceId(15),
            integration: IntegrationId(2),
            vendor_type: "LocalBackup".into(),
            level: "gold".into(),
            agreement_type: None,
            product: None,
            inactive: false,
        };
        assert_eq!(rows, [whole, broken]);
    }
}
