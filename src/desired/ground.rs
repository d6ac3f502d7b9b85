//! Everything that is the same for all companies: the look-up tables, built once.

use std::collections::BTreeSet;

use crate::billing::{AgreementTypeId, Product, ProductId};
use crate::problem::{Code, Problem};

use super::absence::Source;
use super::addition::Additions;
use super::agreement::Agreements;
use super::index::Index;
use super::line::Inputs;
use super::link::Directory;
use super::rows::{Reached, switch_on};

/// The look-up tables.
pub(super) struct Ground<'a> {
    pub(super) inputs: Inputs<'a>,
    pub(super) directory: Directory<'a>,
    pub(super) agreements: Agreements<'a>,
    pub(super) additions: Additions<'a>,
    /// Sorted by name.
    pub(super) sources: Vec<Source<'a>>,
    /// The lines that levels lead to.
    pub(super) reached: Reached<'a>,
    pub(super) products: Index<ProductId, &'a Product>,
    type_names: Index<AgreementTypeId, &'a str>,
}

impl<'a> Ground<'a> {
    /// Builds the tables, and tells what is wrong with rows and cross-references.
    pub(super) fn new(inputs: Inputs<'a>, problems: &mut Vec<Problem>) -> Self {
        let (mut rows, reached) = switch_on(&inputs, problems);
        let read: BTreeSet<&str> = inputs.usage.iter().map(|reading| &**reading.source()).collect();
        let named: BTreeSet<&str> = rows.keys().copied().collect();
        for missing in named.difference(&read) {
            let message = format!("no usage source called {missing} was read");
            problems.push(Problem::warning(Code::UsageIncomplete, *missing, message));
        }
        let sources = read.union(&named).map(|name| {
            let reading = inputs.usage.iter().find(|reading| **reading.source() == **name);
            Source::new(name, reading, inputs.past.get(*name), rows.remove(name).unwrap_or_default())
        });
        let sources = sources.collect();
        let directory = Directory::new(&inputs);
        let types = inputs.view.agreement_types.iter();
        Self {
            agreements: Agreements::new(&inputs, &directory),
            additions: Additions::new(&inputs),
            directory,
            sources,
            reached,
            products: inputs.view.products.iter().map(|product| (product.id, product)).collect(),
            type_names: types.map(|agreement_type| (agreement_type.id, &*agreement_type.name)).collect(),
            inputs,
        }
    }

    /// The name of an agreement type; empty when ConnectWise does not list it.
    pub(super) fn type_name(&self, id: AgreementTypeId) -> &'a str {
        self.type_names.get(&id).copied().unwrap_or_default()
    }

    /// The source of that name.
    pub(super) fn source(&self, name: &str) -> Option<&Source<'a>> {
        self.sources.iter().find(|source| source.name == name)
    }
}
