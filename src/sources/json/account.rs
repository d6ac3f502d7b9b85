//! Turns the account objects of a usage document into accounts, each on its own: a wrong one rejects only itself.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::record::{AccountRecord, BaseRecord, MetricRecord, PlanRecord, SeatRecord, Stated, Text, Whole};
use super::{FORM, Flaw, read};
use crate::billing::Size;
use crate::problem::{Code, Problem};
use crate::sources::assembly::{Entry, Gathered, Refusal};
use crate::sources::places::Places;
use crate::usage::{Account, AccountKind, AccountStatus, BackupPlan, Base, Measured, Metric, Seat};

/// The accounts of a document, in its order.
pub(super) struct Entries {
    accounts: Vec<Read>,
    pub(super) reports_seats: bool,
}

/// One account as its object says.
struct Read {
    account: Account,
    refused: Option<Refused>,
    /// Which of kind and status it leaves out.
    left_out: (bool, bool),
    reports_seats: bool,
    /// Whether it lists one purchase twice.
    double_seats: bool,
}

/// Why an account is rejected, and at which byte of the document.
struct Refused {
    offset: usize,
    message: String,
}

/// The one member that an object must have, whatever else is wrong with it.
#[derive(Deserialize)]
struct Named {
    account: Text,
}

/// Reads every account. One without a name is a flaw of the document.
pub(super) fn entries(text: &str, objects: &[&RawValue]) -> Result<Entries, Flaw> {
    let accounts = objects.iter().map(|object| entry(object.get(), offset(text, object)));
    let mut accounts: Vec<Read> = accounts.collect::<Result<_, _>>()?;
    let refused = |read: &Read| read.refused.is_some();
    let kind_stated = accounts.iter().any(|read| !refused(read) && !read.left_out.0);
    let status_stated = accounts.iter().any(|read| !refused(read) && !read.left_out.1);
    for (read, object) in accounts.iter_mut().zip(objects) {
        let message = match (kind_stated && read.left_out.0, status_stated && read.left_out.1) {
            (true, _) => "kind is left out, while other accounts state theirs",
            (false, true) => "status is left out, while other accounts state theirs",
            (false, false) => continue,
        };
        let silent = Refused { offset: offset(text, object), message: message.to_owned() };
        read.refused = read.refused.take().or(Some(silent));
    }
    let reports_seats = accounts.iter().any(|read| read.reports_seats);
    Ok(Entries { accounts, reports_seats })
}

fn entry(object: &str, start: usize) -> Result<Read, Flaw> {
    let entry = match read::<AccountRecord>(object) {
        Ok(record) => account(record, start),
        Err((message, at)) => {
            let refused = Some(Refused { offset: start + at, message });
            let Named { account } = read(object).map_err(|(message, at)| unnamed(start + at, &message))?;
            let account = nothing_of(account);
            Read { account, refused, left_out: (false, false), reports_seats: false, double_seats: false }
        }
    };
    match &*entry.account.username {
        "" => Err(unnamed(start, "account is empty")),
        _ => Ok(entry),
    }
}

impl Entries {
    /// One entry an account, with everything that was odd.
    pub(super) fn gather(self, text: &str, objects: &[&RawValue], places: Places<'_>) -> Gathered {
        // Two closures need it, one after the other.
        let places = std::cell::RefCell::new(places);
        let place = |start: usize| places.borrow_mut().at(start..start);
        let mut double_seats = Vec::new();
        let entries = self.accounts.into_iter().enumerate().map(|(row, read)| {
            let Read { account, refused, double_seats: double, left_out: _, reports_seats: _ } = read;
            let refusal = refused.map(|Refused { offset, message }| Refusal {
                message,
                hint: FORM.to_owned(),
                place: place(offset),
            });
            double_seats.extend(double.then(|| (account.username.clone(), row)));
            Entry { account, row, refusal }
        });
        let entries = entries.collect();
        let same = |one: usize, other: usize| {
            let [one, other] = [one, other].map(|row| objects[row].get());
            let record = |object: &str| read::<AccountRecord>(object).ok();
            one == other || record(one).is_some_and(|record_of_one| record(other) == Some(record_of_one))
        };
        let mut gathered = Gathered::merge(entries, same, |row| place(offset(text, objects[row])));
        gathered.problems.extend(double_seats.into_iter().map(|(account, row)| {
            let message = "a seat entry stands there again; it was counted once";
            Problem::warning(Code::DuplicateUsage, &*account, message)
                .with_hint("one entry a purchase is enough")
                .at(place(offset(text, objects[row])))
        }));
        gathered
    }
}

/// Where an object starts in the document that it was borrowed from.
fn offset(text: &str, object: &RawValue) -> usize {
    (object.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

fn unnamed(offset: usize, message: &str) -> Flaw {
    Flaw::new(
        offset,
        format!("an account cannot be told by its name: {message}"),
        "every object names its account",
    )
}

fn nothing_of(Text(username): Text) -> Account {
    Account {
        username,
        name: "".into(),
        kind: AccountKind::Account,
        status: AccountStatus::Active,
        plan: None,
        metrics: Vec::new(),
        seats: Vec::new(),
        rejected: None,
    }
}

/// The account of a record that starts at that byte.
fn account(record: AccountRecord, start: usize) -> Read {
    let AccountRecord { account, name, kind, status, plan, metrics, seats } = record;
    let left_out = (kind == Stated::LeftOut, status == Stated::LeftOut);
    let reports_seats = seats.is_some();
    let kind = known(kind, "kind");
    let status = known(status, "status");
    let metrics = metrics.into_iter().filter_map(|(name, record)| measured(&name, record?).transpose());
    let metrics: Result<Vec<_>, String> = metrics.collect();
    let seats = purchases(seats.unwrap_or_default());
    let flaws = [kind.as_ref().err(), status.as_ref().err(), metrics.as_ref().err(), seats.as_ref().err()];
    let refused = flaws.into_iter().flatten().next();
    let refused = refused.map(|message| Refused { offset: start, message: message.clone() });
    let (seats, double_seats) = seats.unwrap_or_default();
    let mut metrics = metrics.unwrap_or_default();
    metrics.sort_by(|(one, _), (other, _)| one.cmp(other));
    let nothing = nothing_of(account);
    let account = Account {
        name: name.map_or(nothing.name, |Text(name)| name),
        kind: kind.unwrap_or_default(),
        status: status.unwrap_or_default(),
        plan: plan.and_then(backup_plan),
        metrics,
        seats,
        ..nothing
    };
    Read { account, refused, left_out, reports_seats, double_seats }
}

fn known<T: Default>(stated: Stated<T>, member: &str) -> Result<T, String> {
    match stated {
        Stated::As(value) => Ok(value),
        Stated::LeftOut => Ok(T::default()),
        Stated::Null => Err(format!("{member} is null, which is unknown")),
    }
}

fn backup_plan(record: PlanRecord) -> Option<BackupPlan> {
    let PlanRecord { id: _, name, base_bytes } = record;
    let name = name.map(|Text(name)| name).filter(|name| !name.is_empty());
    let base = match base_bytes {
        None => Base::Unknown,
        Some(BaseRecord::Word(_)) => Base::Unlimited,
        Some(BaseRecord::Bytes(bytes)) => Base::Size(Size::Bytes(bytes)),
    };
    (name.is_some() || base != Base::Unknown).then_some(BackupPlan { name, base })
}

fn measured(Text(name): &Text, record: MetricRecord) -> Result<Option<(Metric, Measured)>, String> {
    let metric = Metric::named(name);
    let measured = match (record.bytes, record.count) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(format!("metrics.{name} has both bytes and a count")),
        (Some(Whole(bytes)), None) => Measured::Size(Size::Bytes(bytes)),
        (None, Some(Whole(count))) => Measured::Count(count),
    };
    match (&metric, measured) {
        (Metric::Named(name), _) if name.is_empty() => Err("a metric has no name".to_owned()),
        (Metric::BackupUsage, Measured::Count(_)) => Err(format!("metrics.{name} is bytes, not a count")),
        (
            Metric::LocalBackup
            | Metric::ImageLicensing
            | Metric::HyperVHostLicensing
            | Metric::VMwareHostLicensing,
            Measured::Size(_),
        ) => Err(format!("metrics.{name} is a count, not bytes")),
        (_, measured) => Ok(Some((metric, measured))),
    }
}

/// The seats, sorted, and whether double ones that say the same were made one.
fn purchases(records: Vec<SeatRecord>) -> Result<(Vec<Seat>, bool), String> {
    let stated = records.len();
    let seats = records.into_iter().map(|record| {
        let SeatRecord { service: Text(service), option: Text(option), unique_id, used, bought } = record;
        if service.is_empty() || option.is_empty() {
            return Err("a seat entry names no service or no option".to_owned());
        }
        let unique_id = unique_id.map(|Text(id)| id).filter(|id| !id.is_empty());
        let [used, bought] = [used, bought].map(|count| count.map(|Whole(count)| count));
        Ok(Seat { service, option, unique_id, used, bought })
    });
    let mut seats: Vec<Seat> = seats.collect::<Result<_, _>>()?;
    seats.sort_by(|one, other| identity(one).cmp(&identity(other)));
    seats.dedup();
    match seats.windows(2).find(|pair| identity(&pair[0]) == identity(&pair[1])) {
        Some(pair) => {
            Err(format!("two seat entries for {:?} of {:?} differ", pair[0].option, pair[0].service))
        }
        None => {
            let double = seats.len() < stated;
            Ok((seats, double))
        }
    }
}

fn identity(seat: &Seat) -> (&str, &str, Option<&str>) {
    (&seat.service, &seat.option, seat.unique_id.as_deref())
}
