//! The lines of one company while they are being computed: what is there, who claims how much of it, what is in doubt.

use crate::billing::{Addition, Agreement, AgreementTypeId, LineKey, ProductId};
use crate::mapping::Subject;
use crate::problem::{Code, Reason};

use super::ground::Ground;
use super::index::{Index, sized};
use super::line::{Derivation, Found, LinkedBy};
use super::link::CompanyIndex;
use super::rows::Reach;

/// One line in the making.
pub(super) struct Cell<'g, 'a> {
    pub(super) agreement: &'a Agreement,
    pub(super) product: ProductId,
    pub(super) product_identifier: &'a str,
    /// What leads to it.
    pub(super) reach: &'g Reach<'a>,
    /// The addition as it is.
    pub(super) found: Found<'a>,
    /// The additions of its agreement could not be read whole.
    pub(super) is_unseen: bool,
    /// What is worth telling about it.
    pub(super) notes: Vec<Code>,
    /// What accounts claim of it.
    pub(super) derivation: Vec<Derivation<'a>>,
    /// What is wrong with single claims.
    pub(super) reasons: Vec<Reason>,
    /// The largest number of decimals among the claims.
    pub(super) decimals: u32,
}

impl<'a> Cell<'_, 'a> {
    /// Whether there is an addition, or may be one that could not be read.
    pub(super) fn may_exist(&self) -> bool {
        self.is_unseen || self.found != Found::Nothing
    }

    /// Whether all claims come from accounts explicitly linked to the company.
    pub(super) fn is_explicit(&self) -> bool {
        self.derivation.iter().all(|claim| claim.link == LinkedBy::Explicit)
    }

    /// Whether some claim comes from a backup row.
    pub(super) fn has_backup_claim(&self) -> bool {
        let mut rows = self.derivation.iter().filter_map(|claim| claim.row);
        rows.any(|row| matches!(row.subject, Subject::Plan { .. }))
    }
}

/// All lines in the making of one company.
pub(super) struct Cells<'g, 'a> {
    ground: &'g Ground<'a>,
    pub(super) all: Vec<Cell<'g, 'a>>,
    places: Index<LineKey, usize>,
    /// Live additions that no level reaches and that we wrote.
    pub(super) strays: Vec<Stray<'a>>,
}

/// A line that we wrote and that no level reaches any more.
pub(super) struct Stray<'a> {
    pub(super) agreement: &'a Agreement,
    pub(super) addition: &'a Addition,
    pub(super) found: Found<'a>,
    pub(super) notes: Vec<Code>,
    /// The terms it was computed by.
    pub(super) terms: &'a str,
}

impl<'g, 'a> Cells<'g, 'a> {
    /// The reached lines of a company: live additions on its active agreements. A child agreement counts only when a
    /// link names it.
    pub(super) fn reached(
        ground: &'g Ground<'a>,
        agreements: &[(CompanyIndex, &'a Agreement)],
        is_named: impl Fn(&str) -> bool,
    ) -> Self {
        // Most companies have a handful of lines: room for them at once, and for none where there can be none.
        let room = if agreements.is_empty() { 0 } else { 8 };
        let mut cells =
            Self { ground, all: Vec::with_capacity(room), places: sized(room), strays: Vec::new() };
        for (_, agreement) in agreements {
            if agreement.parent.is_none() || is_named(&agreement.name) {
                for additions in ground.additions.of(agreement.id) {
                    cells.add_found(agreement, additions);
                }
            }
        }
        cells
    }

    fn add_found(&mut self, agreement: &'a Agreement, additions: &[&'a Addition]) {
        let first = additions[0];
        let mut notes = Vec::new();
        match self.ground.reached.get(&(agreement.agreement_type, first.product)) {
            Some(reach) => {
                let found = self.ground.additions.live(additions, &mut notes);
                if found != Found::Nothing {
                    let product = (first.product, &*first.product_identifier);
                    self.push(agreement, product, reach, (found, notes));
                }
            }
            None => {
                let key = LineKey { agreement: agreement.id, product: first.product };
                let Some(record) = self.ground.inputs.records.get(&key) else { return };
                let found = self.ground.additions.live(additions, &mut notes);
                if record.last_written.is_some() && found != Found::Nothing {
                    let terms = &record.terms;
                    self.strays.push(Stray { agreement, addition: first, found, notes, terms });
                }
            }
        }
    }

    fn push(
        &mut self,
        agreement: &'a Agreement,
        (product, product_identifier): (ProductId, &'a str),
        reach: &'g Reach<'a>,
        (found, notes): (Found<'a>, Vec<Code>),
    ) -> usize {
        let place = self.all.len();
        self.places.insert(LineKey { agreement: agreement.id, product }, place);
        self.all.push(Cell {
            agreement,
            product,
            product_identifier,
            reach,
            found,
            is_unseen: self.ground.inputs.view.incomplete.contains(&agreement.id),
            notes,
            derivation: Vec::new(),
            reasons: Vec::new(),
            decimals: 0,
        });
        place
    }

    /// The line of a product on an agreement, begun here when no live addition began it.
    pub(super) fn claimed(
        &mut self,
        agreement: &'a Agreement,
        product: (ProductId, &'a str),
    ) -> Option<&mut Cell<'g, 'a>> {
        let key = LineKey { agreement: agreement.id, product: product.0 };
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => {
                let reach = self.ground.reached.get(&(agreement.agreement_type, product.0))?;
                let mut notes = Vec::new();
                let mut additions = self.ground.additions.of(agreement.id);
                let found = additions
                    .find(|additions| additions[0].product == product.0)
                    .map_or(Found::Nothing, |additions| self.ground.additions.live(additions, &mut notes));
                self.push(agreement, product, reach, (found, notes))
            }
        };
        self.all.get_mut(place)
    }

    /// The lines of a product on the company's agreements, of one type if it is known.
    pub(super) fn of_product(
        &self,
        agreement_type: Option<AgreementTypeId>,
        product: ProductId,
    ) -> impl Iterator<Item = &Cell<'g, 'a>> {
        self.all.iter().filter(move |cell| cell.is_of(agreement_type, product))
    }

    /// Whether an addition of that type of usage is there, whatever its product.
    pub(super) fn has_addition_of(&self, vendor_type: &str) -> bool {
        self.all.iter().any(|cell| cell.may_exist() && cell.reach.types.contains(&vendor_type))
    }
}

impl Cell<'_, '_> {
    /// Whether it is the line of a product on an agreement of that type, or of any.
    pub(super) fn is_of(&self, agreement_type: Option<AgreementTypeId>, product: ProductId) -> bool {
        self.product == product && agreement_type.is_none_or(|of| of == self.agreement.agreement_type)
    }
}
