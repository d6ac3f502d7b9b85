//! Agreements and their types as ConnectWise sends them.
//!
//! An agreement whose dates cannot be read is kept with a doubt, so that its lines are held and never mistaken for
//! those of a sister. One that does not say whose it is makes the whole list unusable: it could be anybody's second.

use std::sync::Arc;

use serde::Deserialize;

use super::wire::{Names, Record, Reference, Text, Unreadable, day, loose_day, own_number, referred};
use crate::billing::{Agreement, AgreementId, AgreementStatus, AgreementType, AgreementTypeId, CompanyId};

/// Where agreements are listed.
pub(super) const PATH: &str = "finance/agreements";
/// What is asked of each.
pub(super) const FIELDS: &str = "id,name,type/id,company/id,parentAgreement/id,startDate,endDate,noEndingDateFlag,\
                                 cancelledFlag,agreementStatus,billStartDate,nextInvoiceDate";
/// Where agreement types are listed.
pub(super) const TYPES_PATH: &str = "finance/agreements/types";
/// What is asked of each.
pub(super) const TYPES_FIELDS: &str = "id,name";

/// An agreement, and what of it could not be read.
pub(super) struct AgreementRecord {
    /// The agreement, without the dates that are in doubt.
    pub(super) agreement: Agreement,
    /// Why its lines must be held.
    pub(super) doubt: Option<Unreadable>,
}

/// An agreement as sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgreementWire<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(rename = "type")]
    agreement_type: Option<Reference>,
    company: Option<Reference>,
    parent_agreement: Option<Reference>,
    #[serde(borrow)]
    start_date: Option<Text<'a>>,
    #[serde(borrow)]
    end_date: Option<Text<'a>>,
    no_ending_date_flag: Option<bool>,
    cancelled_flag: Option<bool>,
    #[serde(borrow)]
    agreement_status: Option<Text<'a>>,
    #[serde(borrow)]
    bill_start_date: Option<Text<'a>>,
    #[serde(borrow)]
    next_invoice_date: Option<Text<'a>>,
}

impl Record for AgreementRecord {
    type Wire<'a> = AgreementWire<'a>;
    type Parent = ();

    fn read(wire: AgreementWire<'_>, (): (), names: &mut Names) -> Result<Self, Unreadable> {
        let id = own_number(wire.id)?;
        let reference = |reference: &Option<Reference>, what: &str| {
            referred(reference.as_ref())
                .ok_or_else(|| Unreadable::of(format!("agreement {id} without {what}")))
        };
        let mut doubt = None;
        let mut sure = |read: Result<_, Unreadable>| match read {
            Ok(day) => day,
            Err(unreadable) => {
                doubt.get_or_insert(unreadable);
                None
            }
        };
        let agreement = Agreement {
            id: AgreementId(id),
            name: wire.name.as_ref().map_or_else(|| Arc::from(""), |name| names.intern(name.as_str())),
            agreement_type: AgreementTypeId(reference(&wire.agreement_type, "a type")?),
            company: CompanyId(reference(&wire.company, "a company")?),
            parent: referred(wire.parent_agreement.as_ref()).map(AgreementId),
            start: sure(day(wire.start_date.as_ref())),
            end: sure(day(wire.end_date.as_ref())),
            no_ending_date: wire.no_ending_date_flag.unwrap_or(false),
            cancelled: wire.cancelled_flag.unwrap_or(false),
            status: status(wire.agreement_status.as_ref()),
            bill_start: sure(day(wire.bill_start_date.as_ref())),
            next_invoice: sure(loose_day(wire.next_invoice_date.as_ref())),
        };
        Ok(Self { agreement, doubt })
    }

    fn number(&self) -> i64 {
        self.agreement.id.0
    }
}

/// The status an agreement or addition shows. A word that is not known means nothing.
pub(super) fn status(text: Option<&Text<'_>>) -> AgreementStatus {
    match text.map(Text::as_str) {
        Some("Active") => AgreementStatus::Active,
        Some("Cancelled") => AgreementStatus::Cancelled,
        Some("Expired") => AgreementStatus::Expired,
        Some("Inactive") => AgreementStatus::Inactive,
        Some(_) | None => AgreementStatus::Unknown,
    }
}

/// An agreement type as sent.
#[derive(Deserialize)]
pub(super) struct AgreementTypeWire<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

impl Record for AgreementType {
    type Wire<'a> = AgreementTypeWire<'a>;
    type Parent = ();

    fn read(wire: AgreementTypeWire<'_>, (): (), names: &mut Names) -> Result<Self, Unreadable> {
        let id = AgreementTypeId(own_number(wire.id)?);
        let name = wire.name.as_ref().map_or("", |name| name.as_str());
        Ok(Self { id, name: names.intern(name) })
    }

    fn number(&self) -> i64 {
        self.id.0
    }
}

#[cfg(test)]
mod tests {
    use super::AgreementRecord;
    use crate::billing::{Agreement, AgreementId, AgreementStatus, AgreementTypeId, CompanyId};
    use crate::connectwise::wire::{Names, Unreadable, records};
    use jiff::civil::date;

    fn read(json: &str) -> Result<Vec<AgreementRecord>, Unreadable> {
        records(json.as_bytes(), (), &mut Names::default())
    }

    const WHOLE: &str = r#"{"id":3,"name":"Backup","type":{"id":5,"name":"Managed"},"company":{"id":7},
        "parentAgreement":{"id":2},"startDate":"2026-01-01T00:00:00Z","endDate":"2026-12-31T00:00:00Z",
        "noEndingDateFlag":true,"cancelledFlag":false,"agreementStatus":"Active","billStartDate":"2026-01-15T00:00:00Z",
        "nextInvoiceDate":"2026-05-01","fieldOfTomorrow":[1]}"#;

    #[test]
    fn an_agreement_is_read_whole() {
        let records = read(&format!("[{WHOLE}]")).unwrap();

        assert_eq!(
            records[0].agreement,
            Agreement {
                id: AgreementId(3),
                name: "Backup".into(),
                agreement_type: AgreementTypeId(5),
                company: CompanyId(7),
                parent: Some(AgreementId(2)),
                start: Some(date(2026, 1, 1)),
                end: Some(date(2026, 12, 31)),
                no_ending_date: true,
                cancelled: false,
                status: AgreementStatus::Active,
                bill_start: Some(date(2026, 1, 15)),
                next_invoice: Some(date(2026, 5, 1)),
            }
        );
        assert_eq!(records[0].doubt, None);
    }

    #[test]
    fn a_status_of_tomorrow_is_unknown() {
        let records = read(&format!("[{}]", WHOLE.replace("\"Active\"", "\"Paused\""))).unwrap();

        assert_eq!(records[0].agreement.status, AgreementStatus::Unknown);
    }

    #[test]
    fn an_unreadable_date_leaves_a_doubt_instead_of_an_open_end() {
        let records = read(&format!("[{}]", WHOLE.replace("2026-12-31T00:00:00Z", "31/12/2026"))).unwrap();

        assert_eq!(records[0].agreement.end, None);
        assert_eq!(records[0].doubt, Some(Unreadable("\"31/12/2026\" where a date belongs".into())));
    }

    #[test]
    fn an_agreement_of_nobody_makes_the_list_unusable() {
        let error = read(r#"[{"id":3,"type":{"id":5}}]"#).err().unwrap();

        assert_eq!(error, Unreadable("agreement 3 without a company".into()));
    }
}
