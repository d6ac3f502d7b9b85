//! Puts accounts and seats together into one snapshot: one entry an account, sorted, double ones merged or rejected.
//!
//! Knows no file format. An account that only a seats file names is reported and not invented.

use std::sync::Arc;

use jiff::Timestamp;

use super::digest;
use crate::problem::{Code, Place, Problem};
use crate::usage::{Account, AccountKind, AccountStatus, Rejection, Seat, UsageSnapshot};

/// So many remarks of one kind are told one by one; the rest is counted.
const MOST_REMARKS: usize = 20;

/// One account as its row says.
pub(super) struct Entry {
    pub(super) account: Account,
    /// The number of the row, for finding it again.
    pub(super) row: usize,
    /// Why the row cannot be used.
    pub(super) refusal: Option<Refusal>,
}

/// Why an account is rejected.
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) hint: String,
    pub(super) place: Place,
}

/// All seats of one account.
pub(super) struct SeatsOf {
    pub(super) account: Arc<str>,
    pub(super) seats: Vec<Seat>,
    pub(super) row: usize,
    pub(super) refusal: Option<Refusal>,
}

/// The accounts of a source, sorted by username, one each, and what was odd about them.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) accounts: Vec<Account>,
    pub(super) problems: Vec<Problem>,
}

impl Gathered {
    /// Merges entries of one account that say the same, and rejects accounts whose entries differ.
    pub(super) fn merge(
        mut entries: Vec<Entry>,
        same: impl Fn(usize, usize) -> bool,
        mut place: impl FnMut(usize) -> Place,
    ) -> Self {
        entries.sort_by(|one, other| {
            (&*one.account.username, one.row).cmp(&(&*other.account.username, other.row))
        });
        let mut gathered = Self { accounts: Vec::with_capacity(entries.len()), problems: Vec::new() };
        let mut double = Remarks::default();
        let mut entries = entries.into_iter().peekable();
        while let Some(first) = entries.next() {
            let mut others = Vec::new();
            while let Some(other) = entries.next_if(|next| next.account.username == first.account.username) {
                others.push(other);
            }
            if let Some(problem) = blanks(&first, &mut place) {
                gathered.problems.push(problem);
            }
            let entry = match others.iter().find(|other| !same(first.row, other.row)) {
                Some(_) => differing(first, &others, &mut place),
                None => {
                    if let Some(other) = others.first() {
                        double.tell(|| merged(&first.account.username, place(other.row)));
                    }
                    first
                }
            };
            gathered.add(entry);
        }
        double.finish(&mut gathered.problems, "accounts have identical rows as well");
        gathered
    }

    /// Gives the accounts their seats, from a list sorted by account.
    pub(super) fn seat(&mut self, seats: Vec<SeatsOf>, mut place: impl FnMut(usize) -> Place) {
        let mut unknown = Remarks::default();
        for SeatsOf { account, seats, row, refusal } in seats {
            let Ok(index) = self.accounts.binary_search_by(|known| known.username.cmp(&account)) else {
                unknown.tell(|| without_account(&account, place(row)));
                continue;
            };
            let known = &mut self.accounts[index];
            match refusal {
                Some(refusal) if known.rejected.is_none() => self.problems.push(reject(known, refusal)),
                None if known.rejected.is_none() => known.seats = seats,
                // It was rejected before, and one reason is enough to hold it.
                Some(_) | None => {}
            }
        }
        unknown.finish(&mut self.problems, "accounts have seats only as well");
    }

    fn add(&mut self, entry: Entry) {
        let Entry { mut account, refusal, row: _ } = entry;
        self.problems.extend(refusal.map(|refusal| reject(&mut account, refusal)));
        self.accounts.push(account);
    }
}

/// The snapshot of what was gathered, with its digest.
pub(super) fn snapshot(
    source: &Arc<str>,
    as_of: Timestamp,
    complete: bool,
    reports_seats: bool,
    gathered: Gathered,
) -> UsageSnapshot {
    let Gathered { accounts, problems } = gathered;
    let mut snapshot = UsageSnapshot {
        source: source.clone(),
        as_of,
        complete,
        accounts,
        reports_seats,
        digest: String::new(),
        problems,
    };
    snapshot.problems.sort();
    snapshot.digest = digest::digest(&snapshot);
    snapshot
}

/// Takes an account's figures away, since none of them can be trusted beside a wrong one.
fn reject(account: &mut Account, refusal: Refusal) -> Problem {
    let Refusal { message, hint, place } = refusal;
    account.plan = None;
    account.metrics.clear();
    account.seats.clear();
    account.rejected = Some(Rejection { message: message.clone(), place: Some(place.clone()) });
    Problem::warning(Code::UsageRejected, &*account.username, message).with_hint(hint).at(place)
}

/// One account for rows that contradict each other: only what they agree on is kept.
fn differing(first: Entry, others: &[Entry], place: &mut impl FnMut(usize) -> Place) -> Entry {
    let all_say = |says: &dyn Fn(&Account) -> bool| others.iter().all(|other| says(&other.account));
    let Account { username, name, kind, status, .. } = &first.account;
    let agreed = Account {
        username: username.clone(),
        name: if all_say(&|other| other.name == *name) { name.clone() } else { "".into() },
        kind: if all_say(&|other| other.kind == *kind) { *kind } else { AccountKind::Account },
        status: if all_say(&|other| other.status == *status) { *status } else { AccountStatus::Active },
        plan: None,
        metrics: Vec::new(),
        seats: Vec::new(),
        rejected: None,
    };
    let second = others.first().map_or(first.row, |other| other.row);
    let (first_place, place) = (place(first.row), place(second));
    let refusal = Refusal {
        message: format!("{} rows of this account differ", others.len() + 1),
        hint: format!(
            "the first stands at {}:{}; keep one row an account",
            first_place.line, first_place.column
        ),
        place,
    };
    Entry { account: agreed, row: first.row, refusal: Some(refusal) }
}

fn merged(account: &str, place: Place) -> Problem {
    Problem::warning(Code::DuplicateUsage, account, "the same row stands there again; it was counted once")
        .with_hint("the export was joined to itself; one row an account is enough")
        .at(place)
}

fn without_account(account: &str, place: Place) -> Problem {
    Problem::warning(
        Code::UsageFile,
        account,
        "its seats were left out: the accounts file has no such account",
    )
    .with_hint("account names are exact; both files must come from one export")
    .at(place)
}

fn blanks(entry: &Entry, place: &mut impl FnMut(usize) -> Place) -> Option<Problem> {
    let username = &*entry.account.username;
    (username.trim() != username).then(|| {
        Problem::warning(Code::UsageFile, username, "the account name starts or ends with a blank")
            .with_hint("account names are exact, so no company will be found for it; correct the export")
            .at(place(entry.row))
    })
}

/// Remarks of one kind, of which only the first are told one by one.
#[derive(Default)]
pub(super) struct Remarks {
    told: Vec<Problem>,
    more: usize,
}

impl Remarks {
    pub(super) fn tell(&mut self, remark: impl FnOnce() -> Problem) {
        if self.told.len() < MOST_REMARKS {
            self.told.push(remark());
        } else {
            self.more += 1;
        }
    }

    pub(super) fn finish(self, problems: &mut Vec<Problem>, rest: &str) {
        if let Some(first) = self.told.first().filter(|_| self.more > 0) {
            problems.push(Problem::warning(first.code, "", format!("{} more {rest}", self.more)));
        }
        problems.extend(self.told);
    }
}
