//! How a judged line is put into the document.

use super::super::{AdditionRef, AgreementRef, CompanyRef, Line, ProductRef, Verdict};
use super::Case;

impl<'a> Case<'a> {
    /// The line of the document, kept until something else is said. Nothing is cloned.
    pub(super) fn into_line(self) -> Line<'a> {
        let Self { mut line, number: _, addition, current, record, tariff: _ } = self;
        // The document writes decimals without trailing zeros, whatever a mapping wrote.
        for part in &mut line.derivation {
            part.included = part.included.map(|included| included.normalize());
            part.measured = part.measured.map(|measured| measured.normalize());
        }
        let last_written = record.and_then(|record| record.last_written);
        Line {
            addition: addition.map(|addition| AdditionRef {
                bill_customer: addition.bill_customer.as_str(),
                id: addition.id,
                last_updated: addition.last_updated,
                less_included: addition.less_included,
                unit_price: addition.unit_price,
            }),
            after: Vec::new(),
            agreement: AgreementRef {
                id: line.agreement.id,
                name: &line.agreement.name,
                agreement_type: line.agreement_type,
            },
            cause: None,
            company: CompanyRef {
                id: line.company.id,
                identifier: &line.company.identifier,
                name: &line.company.name,
            },
            current,
            derivation: line.derivation,
            desired: line.desired,
            last_written: last_written.filter(|written| current != Some(*written)),
            monthly_delta: None,
            notes: line.notes,
            product: ProductRef { id: line.product, identifier: line.product_identifier },
            reasons: line.reasons,
            terms: None,
            guarded: None,
            verdict: Verdict::Keep,
        }
    }
}
