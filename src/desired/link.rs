//! Which company an account belongs to (Resolution 2).
//!
//! An explicit link wins, then the custom field, then the company's identifier. Names are compared byte for byte, and
//! of two companies that fit none is chosen.

use std::cell::OnceCell;

use crate::billing::{Company, CompanyId};
use crate::mapping::{Link, LinkPolicy};

use super::index::{Few, Index, sized};
use super::line::{Inputs, LinkedBy};
use super::spelling::fold;

/// A company's place in the sorted list of companies.
pub(super) type CompanyIndex = u32;

/// All companies, and the ways to find one.
pub(super) struct Directory<'a> {
    /// All companies, sorted by identifier, then number.
    pub(super) companies: Vec<&'a Company>,
    by_number: Index<CompanyId, CompanyIndex>,
    by_identifier: Index<&'a str, Few<CompanyIndex>>,
    by_field: Index<&'a str, Few<CompanyIndex>>,
    links: Index<(&'a str, &'a str), Few<&'a Link>>,
    policy: &'a LinkPolicy,
    /// Only needed when some account is unlinked.
    folded: OnceCell<Index<String, Vec<&'a str>>>,
}

/// Where an account belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Linkage<'a> {
    /// To this company.
    To { company: CompanyIndex, by: LinkedBy, link: Option<&'a Link> },
    /// To one of these; nobody can tell which.
    Ambiguous(Vec<CompanyIndex>),
    /// To none, in spite of the link if there is one.
    Nowhere(Option<&'a Link>),
}

impl<'a> Directory<'a> {
    /// Indexes companies and links.
    pub(super) fn new(inputs: &Inputs<'a>) -> Self {
        let mut companies: Vec<&Company> = inputs.view.companies.iter().collect();
        companies.sort_by(|one, two| (&*one.identifier, one.id).cmp(&(&*two.identifier, two.id)));
        let mut directory = Self {
            companies: Vec::new(),
            by_number: sized(companies.len()),
            by_identifier: sized(companies.len()),
            by_field: sized(companies.len()),
            links: Index::default(),
            policy: &inputs.catalog.policy.link,
            folded: OnceCell::new(),
        };
        for (place, company) in (0..).zip(&companies) {
            directory.add(place, company);
        }
        for link in &inputs.catalog.links {
            Few::add(&mut directory.links, (&*link.source, &*link.account), link);
        }
        directory.companies = companies;
        directory
    }

    fn add(&mut self, place: CompanyIndex, company: &'a Company) {
        self.by_number.insert(company.id, place);
        if company.deleted {
            return;
        }
        Few::add(&mut self.by_identifier, &*company.identifier, place);
        for username in usernames(company, self.policy) {
            Few::add(&mut self.by_field, username, place);
        }
    }

    /// Whether two companies have one identifier, as one that was deleted and made again.
    pub(super) fn has_twins(&self) -> bool {
        self.companies.windows(2).any(|pair| pair[0].identifier == pair[1].identifier)
    }

    /// The company of that number.
    pub(super) fn numbered(&self, id: CompanyId) -> Option<CompanyIndex> {
        self.by_number.get(&id).copied()
    }

    /// Where an account of a source belongs.
    pub(super) fn find(&self, source: &str, username: &str) -> Linkage<'a> {
        match self.links.get(&(source, username)) {
            Some(links) => self.follow(links.as_slice()),
            None => self.by_username(username),
        }
    }

    /// Several links of one account that differ are an error of the mappings; here all their companies are in doubt.
    fn follow(&self, links: &[&'a Link]) -> Linkage<'a> {
        let mut fitting: Vec<CompanyIndex> = Vec::new();
        for link in links {
            let named = self.by_identifier.get(&*link.company).map(Few::as_slice);
            fitting.extend(named.unwrap_or_default());
        }
        let first = links.first().copied();
        match (&*fitting, links) {
            ([], _) => Linkage::Nowhere(first),
            ([company], [_]) => Linkage::To { company: *company, by: LinkedBy::Explicit, link: first },
            ([..], _) => Linkage::Ambiguous(fitting),
        }
    }

    fn by_username(&self, username: &str) -> Linkage<'a> {
        if let Some(fitting) = self.by_field.get(username) {
            return one_of(fitting.as_slice(), LinkedBy::CustomField);
        }
        if !self.policy.company_identifier {
            return Linkage::Nowhere(None);
        }
        let named = self.by_identifier.get(username).map(Few::as_slice).unwrap_or_default();
        let has_empty_field =
            |place: &&CompanyIndex| usernames(self.companies[**place as usize], self.policy).next().is_none();
        let fitting: Vec<CompanyIndex> = named.iter().filter(has_empty_field).copied().collect();
        one_of(&fitting, LinkedBy::CompanyIdentifier)
    }

    /// The identifiers of companies whose identifier or custom field differs from a username by case, blanks, or
    /// hyphen against underscore only.
    pub(super) fn near_misses(&self, username: &str) -> &[&'a str] {
        let folded = self.folded.get_or_init(|| {
            let mut folded: Index<String, Vec<&'a str>> = Index::default();
            for company in self.companies.iter().filter(|company| !company.deleted) {
                let names = usernames(company, self.policy).chain(std::iter::once(&*company.identifier));
                for name in names {
                    let near = folded.entry(fold(name)).or_default();
                    if near.last() != Some(&&*company.identifier) {
                        near.push(&company.identifier);
                    }
                }
            }
            folded
        });
        folded.get(&fold(username)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn one_of<'a>(fitting: &[CompanyIndex], by: LinkedBy) -> Linkage<'a> {
    match fitting {
        [] => Linkage::Nowhere(None),
        [company] => Linkage::To { company: *company, by, link: None },
        [..] => Linkage::Ambiguous(fitting.to_vec()),
    }
}

/// The usernames that a company's custom field names. Only the caption is trimmed.
fn usernames<'a>(company: &'a Company, policy: &LinkPolicy) -> impl Iterator<Item = &'a str> {
    let caption = policy.custom_field.as_deref();
    let ours = move |field: &&crate::billing::CustomField| caption == Some(field.caption.trim());
    company.custom_fields.iter().filter(ours).filter_map(|field| field.value.as_deref())
}
