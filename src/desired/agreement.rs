//! The active agreements of every company, and the one that a cross-reference bills on (Resolution 6).

use crate::billing::{Agreement, AgreementTypeId};

use super::line::Inputs;
use super::link::{CompanyIndex, Directory};

/// All active agreements, sorted by (company, number).
pub(super) struct Agreements<'a> {
    active: Vec<(CompanyIndex, &'a Agreement)>,
}

impl<'a> Agreements<'a> {
    /// Keeps the agreements that run today and whose company is known.
    pub(super) fn new(inputs: &Inputs<'a>, directory: &Directory<'a>) -> Self {
        let running = inputs.view.agreements.iter().filter(|agreement| agreement.is_active(inputs.today));
        let mut active: Vec<_> = running
            .filter_map(|agreement| Some((directory.numbered(agreement.company)?, agreement)))
            .collect();
        active.sort_by_key(|(company, agreement)| (*company, agreement.id));
        Self { active }
    }

    /// The active agreements of all companies, one slice a company, in the order of companies.
    pub(super) fn by_company(&self) -> impl Iterator<Item = &[(CompanyIndex, &'a Agreement)]> {
        self.active.chunk_by(|one, two| one.0 == two.0)
    }
}

/// The agreements of a type that an account may be billed on: those of the name its link gives, or else those that are
/// no children of others.
pub(super) fn fitting<'c, 'a>(
    agreements: &'c [(CompanyIndex, &'a Agreement)],
    agreement_type: AgreementTypeId,
    named: Option<&'c str>,
) -> impl Iterator<Item = &'a Agreement> + use<'c, 'a> {
    let of_type = agreements.iter().map(|(_, agreement)| *agreement);
    let of_type = of_type.filter(move |agreement| agreement.agreement_type == agreement_type);
    of_type.filter(move |agreement| match named {
        Some(name) => *agreement.name == *name,
        None => agreement.parent.is_none(),
    })
}
