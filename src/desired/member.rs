//! Which accounts every company has, and what each counts for: kind, status, ignores, links and absences.
//!
//! An account that nobody can place holds what it may belong to; one without a company is told and holds nothing.

use std::collections::BTreeSet;

use crate::mapping::{Ignore, Link, StatusPolicy};
use crate::problem::{Code, Problem};
use crate::usage::{Account, AccountStatus};

use super::absence::Source;
use super::doubt::Doubt;
use super::index::Members;
use super::line::{Inputs, LinkedBy};
use super::link::{CompanyIndex, Directory, Linkage};

/// An account of a company.
#[derive(Debug)]
pub(super) struct Member<'a> {
    /// The company.
    pub(super) company: CompanyIndex,
    /// The place of its source in the list of sources.
    pub(super) source: usize,
    /// Its username.
    pub(super) username: &'a str,
    /// What the source says of it; `None` when it says nothing.
    pub(super) account: Option<&'a Account>,
    /// How it found the company.
    pub(super) by: LinkedBy,
    /// The explicit link.
    pub(super) link: Option<&'a Link>,
    /// What it counts for.
    pub(super) standing: Standing,
}

/// What an account counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is billed by its rows.
    Billed,
    /// It wants nothing, and still counts as an account of its company.
    Cancelled,
    /// It is skipped or ignored: its lines are left out of the plan.
    LeftOut,
    /// It is confirmed absent.
    Gone,
    /// Whose it is or what it has cannot be told: it holds every line of the company.
    InDoubt(Doubt),
}

/// All members, sorted by (company, source, username).
pub(super) fn enlist<'a>(
    inputs: &Inputs<'a>,
    directory: &Directory<'a>,
    sources: &[Source<'a>],
    problems: &mut Vec<Problem>,
) -> Vec<Member<'a>> {
    let ignored = ignored(inputs, problems);
    let mut members = Vec::new();
    for (place, source) in sources.iter().enumerate() {
        let Some(accounts) = &source.accounts else { continue };
        let mut roll = Roll { inputs, directory, source, place, members: &mut members, problems };
        for account in accounts {
            roll.present(account, ignored.contains(&(source.name, &*account.username)));
        }
        for username in roll.missing(&ignored) {
            roll.absent(username, ignored.contains(&(source.name, username)));
        }
    }
    members.sort_by(|one, two| {
        (one.company, one.source, one.username).cmp(&(two.company, two.source, two.username))
    });
    for group in members.chunk_by_mut(|one, two| one.company == two.company && one.source == two.source) {
        doubt_shared(group, directory, problems);
    }
    members
}

/// The accounts that an ignore leaves out today. One that has expired leaves nothing out and is told.
fn ignored<'a>(inputs: &Inputs<'a>, problems: &mut Vec<Problem>) -> Members<(&'a str, &'a str)> {
    let mut ignored = Members::default();
    for ignore in &inputs.catalog.ignores {
        let Ignore { place, source, account, reason, until } = ignore;
        match until {
            Some(until) if *until < inputs.today => {
                let message = format!("the ignore of account {account} ended on {until} ({reason})");
                let problem = Problem::warning(Code::Expired, &**account, message).at(place.clone());
                problems.push(problem.with_hint("remove the entry, or set a later `until`"));
            }
            Some(_) | None => {
                ignored.insert((&**source, &**account));
            }
        }
    }
    ignored
}

/// One source's accounts on their way to their companies.
struct Roll<'r, 'a> {
    inputs: &'r Inputs<'a>,
    directory: &'r Directory<'a>,
    source: &'r Source<'a>,
    place: usize,
    members: &'r mut Vec<Member<'a>>,
    problems: &'r mut Vec<Problem>,
}

impl<'a> Roll<'_, 'a> {
    fn present(&mut self, account: &'a Account, ignored: bool) {
        let standing = match (ignored, &account.rejected) {
            (true, _) => Standing::LeftOut,
            (false, Some(_)) => Standing::InDoubt(Doubt::Rejected),
            (false, None) => self.by_status(account),
        };
        self.place(&account.username, Some(account), standing);
    }

    fn by_status(&mut self, account: &Account) -> Standing {
        let statuses = &self.inputs.catalog.policy.statuses;
        match statuses.get(&account.status).copied().unwrap_or(usual(account.status)) {
            StatusPolicy::Skip => Standing::LeftOut,
            StatusPolicy::Zero => Standing::Cancelled,
            StatusPolicy::Bill => {
                if account.status == AccountStatus::Frozen {
                    let message = format!("account {} is frozen and still billed", account.username);
                    self.problems.push(Problem::note(Code::FrozenAccount, &*account.username, message));
                }
                Standing::Billed
            }
        }
    }

    /// The names that should be there and are not: linked or ignored by name, or lately seen.
    fn missing(&self, ignored: &Members<(&'a str, &'a str)>) -> BTreeSet<&'a str> {
        let links = self.inputs.catalog.links.iter().filter(|link| *link.source == *self.source.name);
        let linked = links.map(|link| &*link.account);
        let ignores = ignored.iter().filter(|(source, _)| *source == self.source.name).map(|(_, name)| *name);
        let named = linked.chain(ignores).filter(|name| !self.source.has(name));
        named.chain(self.source.vanished.iter().copied()).collect()
    }

    fn absent(&mut self, username: &'a str, ignored: bool) {
        let standing = if ignored {
            Standing::LeftOut
        } else if self.source.confirms_absence_of(username) {
            Standing::Gone
        } else {
            Standing::InDoubt(self.source.doubt_of_silence())
        };
        self.place(username, None, standing);
    }

    fn place(&mut self, username: &'a str, account: Option<&'a Account>, standing: Standing) {
        match self.directory.find(self.source.name, username) {
            Linkage::To { company, by, link } => {
                if let (Standing::InDoubt(doubt), None) = (standing, account) {
                    let message = doubt.sentence(username, self.source.name);
                    self.problems.push(Problem::warning(doubt.code(), username, message));
                }
                self.enter(company, username, account, (by, link), standing);
            }
            Linkage::Ambiguous(companies) => self.place_ambiguous(username, &companies, standing),
            Linkage::Nowhere(link) => self.unlinked(username, account, link, standing),
        }
    }

    fn place_ambiguous(&mut self, username: &'a str, companies: &[CompanyIndex], standing: Standing) {
        let standing = match standing {
            Standing::LeftOut | Standing::Gone => standing,
            Standing::Billed | Standing::Cancelled | Standing::InDoubt(_) => {
                let names: Vec<String> = companies.iter().map(|company| self.name(*company)).collect();
                let message = format!("account {username} fits the companies {}", names.join(" and "));
                let problem = Problem::warning(Code::AmbiguousCompany, username, message);
                self.problems
                    .push(problem.with_hint("link the account to one of them under `accounts: link`"));
                Standing::InDoubt(Doubt::AmbiguousCompany)
            }
        };
        for company in companies {
            self.enter(*company, username, None, (LinkedBy::CustomField, None), standing);
        }
    }

    fn enter(
        &mut self,
        company: CompanyIndex,
        username: &'a str,
        account: Option<&'a Account>,
        (by, link): (LinkedBy, Option<&'a Link>),
        standing: Standing,
    ) {
        self.members.push(Member { company, source: self.place, username, account, by, link, standing });
    }

    fn name(&self, company: CompanyIndex) -> String {
        let company = self.directory.companies[company as usize];
        format!("{} ({})", company.identifier, company.id)
    }

    /// An account that counts for nothing needs no company; nor does one that is gone.
    fn unlinked(
        &mut self,
        username: &str,
        account: Option<&Account>,
        link: Option<&Link>,
        standing: Standing,
    ) {
        let problem = match (link, standing) {
            (_, Standing::LeftOut) | (None, Standing::Cancelled | Standing::Gone) => return,
            (None, Standing::InDoubt(_)) if account.is_none() => return,
            (None, Standing::Billed | Standing::InDoubt(_)) => {
                let message = format!("account \"{username}\" fits no company");
                Problem::warning(Code::UnlinkedAccount, username, message)
            }
            (Some(link), _) => {
                let message =
                    format!("account {username} is linked to {}, which is no company", link.company);
                Problem::warning(Code::UnlinkedAccount, username, message).at(link.place.clone())
            }
        };
        let meant = link.map_or(username, |link| &link.company);
        self.problems.push(match self.directory.near_misses(meant) {
            [] => problem.with_hint("link the account to its company under `accounts: link`"),
            near => {
                problem.with_hint(format!("did you mean {}? Names are compared exactly", near.join(" or ")))
            }
        });
    }
}

/// What a status means where the policy is silent.
fn usual(status: AccountStatus) -> StatusPolicy {
    match status {
        AccountStatus::Active | AccountStatus::Frozen => StatusPolicy::Bill,
        AccountStatus::Test => StatusPolicy::Skip,
        AccountStatus::Canceled => StatusPolicy::Zero,
    }
}

/// Several accounts of one source share a company only through explicit links of all of them.
fn doubt_shared(group: &mut [Member<'_>], directory: &Directory<'_>, problems: &mut Vec<Problem>) {
    let shares = |member: &&mut Member<'_>| match member.standing {
        Standing::Billed | Standing::Cancelled | Standing::InDoubt(Doubt::Rejected) => true,
        Standing::LeftOut | Standing::Gone | Standing::InDoubt(_) => false,
    };
    let mut sharing: Vec<&mut Member<'_>> = group.iter_mut().filter(shares).collect();
    if sharing.len() < 2 || sharing.iter().all(|member| member.by == LinkedBy::Explicit) {
        return;
    }
    let names: Vec<&str> = sharing.iter().map(|member| member.username).collect();
    let company = &directory.companies[sharing[0].company as usize].identifier;
    let message = format!("accounts {} share the company {company} without explicit links", names.join(", "));
    let problem = Problem::warning(Code::SharedCompany, &**company, message);
    problems.push(problem.with_hint("link each of them under `accounts: link`"));
    for member in &mut sharing {
        member.standing = Standing::InDoubt(Doubt::SharedCompany);
    }
}
