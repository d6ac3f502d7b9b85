//! Which cross-references a level leads to (Resolution 4), in whichever table: ConnectWise's or the one git owns.
//!
//! A broken or doubtful cross-reference is kept, so that what it may concern can be held. Knows no account.

use crate::billing::{AgreementTypeId, CrossReference, CrossReferenceId, IntegrationId, ProductId};
use crate::mapping::{DeclaredCrossReference, Row, Table};
use crate::problem::{Code, Place, Problem};
use crate::usage::Metric;

use super::index::{Few, Index};
use super::line::Inputs;
use super::spelling;

/// One type at one level.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    /// What is counted.
    pub(super) vendor_type: &'a str,
    /// The metric that a backup row counts for it.
    pub(super) metric: Metric,
    /// The cross-reference, where ConnectWise owns it and there is one.
    pub(super) id: Option<CrossReferenceId>,
    /// Where it leads.
    pub(super) target: Target<'a>,
}

/// Where a cross-reference leads.
#[derive(Clone, Debug)]
pub(super) enum Target<'a> {
    /// To this product on agreements of this type.
    Line(AgreementTypeId, ProductId, &'a str),
    /// Nowhere for sure: nothing is billed by it, and what it may concern is held.
    Doubtful { code: Code, message: String, concerns: Vec<(Option<AgreementTypeId>, ProductId, &'a str)> },
}

/// A table as the mappings choose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum TableKey<'a> {
    /// The integration of that name.
    Integration(&'a str),
    /// What git declares for that source.
    Git(&'a str),
}

impl<'a> TableKey<'a> {
    /// The table that a row's level is looked up in.
    pub(super) fn of(row: &'a Row) -> Self {
        match &row.table {
            Table::Integration(name) => Self::Integration(name),
            Table::Git => Self::Git(&row.source),
        }
    }
}

/// All tables that the mappings use.
pub(super) struct Tables<'a> {
    levels: Index<(TableKey<'a>, &'a str), Vec<Entry<'a>>>,
    integrations: Index<&'a str, Few<IntegrationId>>,
    spellings: Vec<(TableKey<'a>, &'a str)>,
}

/// One cross-reference before its rivals are known.
struct Candidate<'a> {
    entry: Entry<'a>,
    label: String,
    place: Option<&'a Place>,
}

impl<'a> Tables<'a> {
    /// Reads both kinds of table; tells what is wrong with the cross-references at levels that a row uses.
    pub(super) fn new(inputs: &Inputs<'a>, problems: &mut Vec<Problem>) -> Self {
        let mut integrations = Index::default();
        for integration in &inputs.view.integrations {
            Few::add(&mut integrations, &*integration.name, integration.id);
        }
        let mut groups: Index<(TableKey<'a>, &'a str), Vec<Candidate<'a>>> = Index::default();
        declared(inputs, &mut groups);
        from_connectwise(inputs, &integrations, &mut groups);
        let mut spellings: Vec<_> = groups.keys().copied().collect();
        spellings.sort_unstable();
        let used: std::collections::BTreeSet<_> =
            inputs.catalog.rows.iter().map(|row| (TableKey::of(row), &*row.level)).collect();
        let mut levels = Index::default();
        for (key, candidates) in groups {
            let told = used.contains(&key).then_some(&mut *problems);
            levels.insert(key, entries(key, candidates, told));
        }
        Self { levels, integrations, spellings }
    }

    /// The cross-references of a row's level; the trouble when there is none.
    pub(super) fn level(&self, row: &'a Row) -> Result<&[Entry<'a>], Problem> {
        let table = TableKey::of(row);
        if let TableKey::Integration(name) = table {
            self.integration(name, &row.place)?;
        }
        match self.levels.get(&(table, &*row.level)) {
            Some(entries) => Ok(entries),
            None => Err(self.unknown_level(row)),
        }
    }

    fn integration(&self, name: &str, place: &Place) -> Result<(), Problem> {
        let message = match self.integrations.get(name) {
            Some(Few::One(_)) => return Ok(()),
            Some(Few::Several(_)) => format!("ConnectWise has several integrations called {name}"),
            None => format!("ConnectWise has no integration called {name}"),
        };
        let problem = Problem::warning(Code::UnknownIntegration, name, message).at(place.clone());
        let near = spelling::nearest(name, self.integrations.keys().copied());
        Err(with_suggestion(problem, near))
    }

    fn unknown_level(&self, row: &'a Row) -> Problem {
        let table = TableKey::of(row);
        let message = format!("no active cross-reference has the level {}", row.level);
        let problem = Problem::warning(Code::UnknownLevel, &*row.level, message).at(row.level_place.clone());
        let levels = self.spellings.iter().filter(|(of, _)| *of == table).map(|(_, level)| *level);
        with_suggestion(problem, spelling::nearest(&row.level, levels))
    }
}

fn with_suggestion(problem: Problem, near: Option<&str>) -> Problem {
    match near {
        Some(near) => problem.with_hint(format!("did you mean {near}? Names are compared byte for byte")),
        None => problem,
    }
}

fn declared<'a>(inputs: &Inputs<'a>, groups: &mut Index<(TableKey<'a>, &'a str), Vec<Candidate<'a>>>) {
    if inputs.catalog.cross_references.is_empty() {
        return;
    }
    let (mut types, mut products) = (Index::default(), Index::default());
    for agreement_type in &inputs.view.agreement_types {
        Few::add(&mut types, &*agreement_type.name, agreement_type.id);
    }
    for product in &inputs.view.products {
        Few::add(&mut products, &*product.identifier, product.id);
    }
    for declared in &inputs.catalog.cross_references {
        let candidate = Candidate {
            entry: Entry {
                vendor_type: &declared.vendor_type,
                metric: Metric::named(&declared.vendor_type),
                id: None,
                target: declared_target(declared, types.get(&*declared.agreement_type), &products),
            },
            label: format!("{}:{}", declared.place.file, declared.place.line),
            place: Some(&declared.place),
        };
        let key = (TableKey::Git(&declared.source), &*declared.level);
        groups.entry(key).or_default().push(candidate);
    }
}

fn declared_target<'a>(
    declared: &'a DeclaredCrossReference,
    agreement_type: Option<&Few<AgreementTypeId>>,
    products: &Index<&'a str, Few<ProductId>>,
) -> Target<'a> {
    let DeclaredCrossReference { product: identifier, agreement_type: type_name, .. } = declared;
    let product = products.get(&**identifier);
    match (agreement_type, product) {
        (Some(Few::One(agreement_type)), Some(Few::One(product))) => {
            Target::Line(*agreement_type, *product, identifier)
        }
        (Some(Few::Several(_)) | None, _) => Target::Doubtful {
            code: Code::UnknownAgreementType,
            message: format!("ConnectWise has not exactly one agreement type called {type_name}"),
            concerns: concerned(product, None, identifier),
        },
        (Some(Few::One(agreement_type)), Some(Few::Several(_)) | None) => Target::Doubtful {
            code: Code::UnknownProduct,
            message: format!("ConnectWise has not exactly one product called {identifier}"),
            concerns: concerned(product, Some(*agreement_type), identifier),
        },
    }
}

fn concerned<'a>(
    products: Option<&Few<ProductId>>,
    agreement_type: Option<AgreementTypeId>,
    identifier: &'a str,
) -> Vec<(Option<AgreementTypeId>, ProductId, &'a str)> {
    let products = products.map(Few::as_slice).unwrap_or_default();
    products.iter().map(|product| (agreement_type, *product, identifier)).collect()
}

fn from_connectwise<'a>(
    inputs: &Inputs<'a>,
    integrations: &Index<&'a str, Few<IntegrationId>>,
    groups: &mut Index<(TableKey<'a>, &'a str), Vec<Candidate<'a>>>,
) {
    let mut names: Index<IntegrationId, &'a str> = Index::default();
    for (name, ids) in integrations {
        names.extend(ids.as_slice().iter().map(|id| (*id, *name)));
    }
    for reference in inputs.view.cross_references.iter().filter(|reference| !reference.inactive) {
        let Some(name) = names.get(&reference.integration) else { continue };
        let candidate = Candidate {
            entry: Entry {
                vendor_type: &reference.vendor_type,
                metric: Metric::named(&reference.vendor_type),
                id: Some(reference.id),
                target: target(reference),
            },
            label: reference.id.to_string(),
            place: None,
        };
        groups.entry((TableKey::Integration(name), &*reference.level)).or_default().push(candidate);
    }
}

fn target(reference: &CrossReference) -> Target<'_> {
    match (reference.agreement_type, &reference.product) {
        (Some(agreement_type), Some((product, identifier))) => {
            Target::Line(agreement_type, *product, identifier)
        }
        (agreement_type, product) => Target::Doubtful {
            code: Code::UnknownProduct,
            message: format!("cross-reference {} has no product or no agreement type", reference.id),
            concerns: product.iter().map(|(id, identifier)| (agreement_type, *id, &**identifier)).collect(),
        },
    }
}

/// One entry a type: two active cross-references of one type are both doubted, and neither is chosen.
fn entries<'a>(
    (_, level): (TableKey<'a>, &'a str),
    mut candidates: Vec<Candidate<'a>>,
    mut told: Option<&mut Vec<Problem>>,
) -> Vec<Entry<'a>> {
    candidates.sort_by(|one, two| {
        (one.entry.vendor_type, one.entry.id, one.place).cmp(&(
            two.entry.vendor_type,
            two.entry.id,
            two.place,
        ))
    });
    let rivals = candidates.chunk_by(|one, two| one.entry.vendor_type == two.entry.vendor_type);
    rivals
        .map(|rivals| {
            let entry = if let [only] = rivals { only.entry.clone() } else { ambiguous(level, rivals) };
            if let (Target::Doubtful { code, message, .. }, Some(problems)) = (&entry.target, &mut told) {
                let problem = Problem::warning(*code, level, message.clone());
                problems.push(match rivals[0].place {
                    Some(place) => problem.at(place.clone()),
                    None => problem,
                });
            }
            entry
        })
        .collect()
}

fn ambiguous<'a>(level: &str, rivals: &[Candidate<'a>]) -> Entry<'a> {
    let labels: Vec<&str> = rivals.iter().map(|rival| rival.label.as_str()).collect();
    let vendor_type = rivals[0].entry.vendor_type;
    let mut concerns = Vec::new();
    for rival in rivals {
        match &rival.entry.target {
            Target::Line(agreement_type, product, identifier) => {
                concerns.push((Some(*agreement_type), *product, *identifier));
            }
            Target::Doubtful { concerns: more, .. } => concerns.extend(more),
        }
    }
    let message = format!(
        "cross-references {} are all active for {vendor_type} at the level {level}",
        labels.join(" and ")
    );
    Entry {
        target: Target::Doubtful { code: Code::AmbiguousCrossReference, message, concerns },
        id: None,
        ..rivals[0].entry.clone()
    }
}
