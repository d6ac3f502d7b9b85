//! Which mapping rows an account has (Resolution 3), each joined to the cross-references of its level.
//!
//! Also says which lines the levels reach: nothing else can enter a plan. Knows no company.

use crate::billing::{AgreementTypeId, ProductId};
use crate::mapping::{PlanSelector, Row, Service, Subject};
use crate::problem::{Code, Problem};
use crate::usage::{Account, Seat};

use super::doubt::Doubt;
use super::index::{Index, Members};
use super::level::{Entry, TableKey, Tables, Target};
use super::line::Inputs;

/// A mapping row and what it switches on.
pub(super) struct Switched<'a> {
    /// The row.
    pub(super) row: &'a Row,
    /// The types it switches on, or why its level leads nowhere.
    pub(super) entries: Result<Vec<Entry<'a>>, Problem>,
}

/// The rows of one source.
#[derive(Default)]
pub(super) struct SourceRows<'a> {
    /// The rows that name a plan.
    pub(super) plans: Index<&'a str, Switched<'a>>,
    /// The row for all plans.
    pub(super) all: Option<Switched<'a>>,
    /// Seat and metered rows: they apply to every account. Sorted by place.
    pub(super) others: Vec<Switched<'a>>,
}

/// A product on agreements of a type that some level leads to.
#[derive(Debug, Default)]
pub(super) struct Reach<'a> {
    /// The types that lead there, sorted.
    pub(super) types: Vec<&'a str>,
    /// The sources whose rows lead there, sorted.
    pub(super) sources: Vec<&'a str>,
    /// Those among them that have a row which counts it, sorted: a level alone counts nothing.
    pub(super) counting: Vec<&'a str>,
}

/// All lines that the levels in use reach.
pub(super) type Reached<'a> = Index<(AgreementTypeId, ProductId), Reach<'a>>;

/// All rows by source, and what they reach.
pub(super) fn switch_on<'a>(
    inputs: &Inputs<'a>,
    problems: &mut Vec<Problem>,
) -> (Index<&'a str, SourceRows<'a>>, Reached<'a>) {
    let tables = Tables::new(inputs, problems);
    let named = types_named_by_rows(inputs);
    let mut rows: Vec<&Row> = inputs.catalog.rows.iter().collect();
    rows.sort_by(|one, two| one.place.cmp(&two.place));
    let (mut sources, mut reached) = (Index::<&str, SourceRows>::default(), Reached::default());
    for row in rows {
        let level = tables.level(row);
        for entry in level.as_deref().unwrap_or_default() {
            reach(&mut reached, row, entry);
        }
        let switched = Switched { row, entries: level.and_then(|entries| switched_on(row, entries, &named)) };
        match &switched.entries {
            Ok(entries) => entries.iter().for_each(|entry| count(&mut reached, row, entry)),
            Err(problem) => problems.push(problem.clone()),
        }
        sources.entry(&row.source).or_default().add(switched);
    }
    (sources, reached)
}

/// The types that seat and metered rows name at a level: a backup row there leaves these to them.
fn types_named_by_rows<'a>(inputs: &Inputs<'a>) -> Members<(TableKey<'a>, &'a str, &'a str)> {
    let named = inputs.catalog.rows.iter().filter_map(|row| match &row.subject {
        Subject::Plan { .. } => None,
        Subject::Seats { vendor_type, .. } | Subject::Metered { vendor_type, .. } => {
            Some((TableKey::of(row), &*row.level, &**vendor_type))
        }
    });
    named.collect()
}

fn switched_on<'a>(
    row: &'a Row,
    entries: &[Entry<'a>],
    named: &Members<(TableKey<'a>, &'a str, &'a str)>,
) -> Result<Vec<Entry<'a>>, Problem> {
    let free = |entry: &&Entry<'a>| !named.contains(&(TableKey::of(row), &*row.level, entry.vendor_type));
    match &row.subject {
        Subject::Plan { .. } => Ok(entries.iter().filter(free).cloned().collect()),
        Subject::Seats { vendor_type, .. } | Subject::Metered { vendor_type, .. } => {
            let own = entries.iter().find(|entry| entry.vendor_type == &**vendor_type);
            own.map(|entry| vec![entry.clone()]).ok_or_else(|| {
                let message = format!(
                    "no active cross-reference has the type {vendor_type} at the level {}",
                    row.level
                );
                Problem::warning(Code::UnknownLevel, &*row.level, message).at(row.level_place.clone())
            })
        }
    }
}

fn reach<'a>(reached: &mut Reached<'a>, row: &'a Row, entry: &Entry<'a>) {
    for pair in pairs(entry) {
        let reach = reached.entry(pair).or_default();
        insert(&mut reach.types, entry.vendor_type);
        insert(&mut reach.sources, &row.source);
    }
}

fn count<'a>(reached: &mut Reached<'a>, row: &'a Row, entry: &Entry<'a>) {
    for pair in pairs(entry) {
        insert(&mut reached.entry(pair).or_default().counting, &row.source);
    }
}

fn pairs(entry: &Entry<'_>) -> Vec<(AgreementTypeId, ProductId)> {
    let mut pairs = Vec::new();
    match &entry.target {
        Target::Line(agreement_type, product, _) => pairs.push((*agreement_type, *product)),
        Target::Doubtful { concerns, .. } => {
            let whole =
                |(agreement_type, product, _): &(Option<_>, _, _)| Some(((*agreement_type)?, *product));
            pairs.extend(concerns.iter().filter_map(whole));
        }
    }
    pairs
}

/// Puts a name where it belongs in a sorted list, once.
pub(super) fn insert<'a>(sorted: &mut Vec<&'a str>, name: &'a str) {
    if let Err(place) = sorted.binary_search(&name) {
        sorted.insert(place, name);
    }
}

impl<'a> SourceRows<'a> {
    /// Adds a row. Two rows for one plan are an error of the mappings; here the first by place stands.
    fn add(&mut self, switched: Switched<'a>) {
        match &switched.row.subject {
            Subject::Plan { plan: PlanSelector::Named(name), .. } => {
                self.plans.entry(name).or_insert(switched);
            }
            Subject::Plan { plan: PlanSelector::All, .. } => {
                self.all.get_or_insert(switched);
            }
            Subject::Seats { .. } | Subject::Metered { .. } => self.others.push(switched),
        }
    }

    /// The backup row of an account, or why it cannot be told. A source without backup rows has none for an account
    /// without a plan.
    pub(super) fn of_plan(&self, account: &Account) -> Result<Option<&Switched<'a>>, Doubt> {
        match plan_name(account) {
            Some(name) => {
                let row = self.plans.get(name).or(self.all.as_ref());
                row.map(Some).ok_or(Doubt::UnmappedPlan)
            }
            None if self.plans.is_empty() => Ok(self.all.as_ref()),
            None => Err(Doubt::UnknownPlan),
        }
    }
}

/// The name of an account's plan, where the source gives one.
pub(super) fn plan_name(account: &Account) -> Option<&str> {
    account.plan.as_ref().and_then(|plan| plan.name.as_deref())
}

/// Whether a seat purchase is the one that a seat row names. A row without a unique id takes only purchases without.
pub(super) fn is_purchase(row: &Row, seat: &Seat) -> bool {
    match &row.subject {
        Subject::Seats { service, option, unique_id, .. } => {
            seat.option == *option && seat.unique_id == *unique_id && is_service(*service, &seat.service)
        }
        Subject::Plan { .. } | Subject::Metered { .. } => false,
    }
}

/// Sources write a service as its section in the mappings or as the portal shows it.
fn is_service(service: Service, name: &str) -> bool {
    match service {
        Service::IntronisBackupPlan => matches!(name, "intronis_backup_plan" | "Intronis Backup Plan"),
        Service::EssentialsService => matches!(name, "essentials_service" | "Essentials Service"),
        Service::ContentShieldPlusServices => {
            matches!(name, "content_shield_plus_services" | "Content Shield Plus Services")
        }
        Service::Metered => name == "metered",
    }
}
