//! What one source can prove by silence: an account that it lacks is gone only when two complete snapshots at least
//! 20 hours apart lack it. One silence is never a zero.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use crate::usage::{
    Account, AccountKind, PastSnapshot, SnapshotVerdict, SourceHistory, SourceReading, UsageSnapshot,
};

use super::doubt::Doubt;
use super::index::Members;
use super::rows::SourceRows;

/// How far apart two snapshots must lie to confirm an absence: more than a working day's outage of the source.
const APART: SignedDuration = SignedDuration::from_hours(20);

/// One usage source: what it says now, and what it lately said.
pub(super) struct Source<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its accounts, without partners, sorted by username; `None` when it could not be read.
    pub(super) accounts: Option<Vec<&'a Account>>,
    /// Its mapping rows.
    pub(super) rows: SourceRows<'a>,
    /// Usernames that lately were there and are not now, sorted.
    pub(super) vanished: Vec<&'a str>,
    /// Whether a name that is neither there nor `vanished` is confirmed absent.
    pub(super) confirms_absence: bool,
    complete: bool,
    present: Members<&'a str>,
}

impl<'a> Source<'a> {
    /// What a source says, beside what it lately said.
    pub(super) fn new(
        name: &'a str,
        reading: Option<&'a SourceReading>,
        history: Option<&'a SourceHistory>,
        rows: SourceRows<'a>,
    ) -> Self {
        let mut source = Self {
            name,
            accounts: None,
            rows,
            vanished: Vec::new(),
            confirms_absence: false,
            complete: false,
            present: Members::default(),
        };
        match reading {
            Some(SourceReading::Read(snapshot)) => source.read(snapshot, history),
            Some(SourceReading::Failed(_)) | None => {}
        }
        source
    }

    fn read(&mut self, snapshot: &'a UsageSnapshot, history: Option<&'a SourceHistory>) {
        let billed = |account: &&Account| account.kind == AccountKind::Account;
        let mut accounts: Vec<&Account> = snapshot.accounts.iter().filter(billed).collect();
        accounts.sort_by(|one, two| one.username.cmp(&two.username));
        self.present = accounts.iter().map(|account| &*account.username).collect();
        self.complete = snapshot.complete;
        self.accounts = Some(accounts);
        let past = history.map(|history| &*history.snapshots).unwrap_or_default();
        self.confirms_absence = self.look_back(past, snapshot.as_of) && snapshot.complete;
    }

    /// Collects who vanished since the newest snapshot that is old enough, and says whether there is one.
    fn look_back(&mut self, past: &'a [PastSnapshot], as_of: Timestamp) -> bool {
        let mut newest_first: Vec<&PastSnapshot> = past.iter().collect();
        newest_first.sort_by_key(|snapshot| Reverse(snapshot.as_of));
        let mut seen = Members::default();
        let mut confirms = false;
        for snapshot in newest_first {
            if snapshot.as_of == as_of || snapshot.verdict == SnapshotVerdict::Refused {
                continue;
            }
            let names = snapshot.accounts.iter().map(|account| &*account.username);
            seen.extend(names.filter(|name| !self.present.contains(name)));
            if counts_for_absence(snapshot.verdict) && as_of.duration_since(snapshot.as_of) >= APART {
                confirms = true;
                break;
            }
        }
        self.vanished = seen.into_iter().collect();
        self.vanished.sort_unstable();
        confirms
    }

    /// What an unconfirmed absence is: a snapshot that is incomplete by its own word says nothing by silence.
    pub(super) fn doubt_of_silence(&self) -> Doubt {
        if self.complete { Doubt::Absent } else { Doubt::Incomplete }
    }

    /// Whether it was read, and does not say that something is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether the source has the account now.
    pub(super) fn has(&self, username: &str) -> bool {
        self.present.contains(username)
    }

    /// Whether the source, by two snapshots far enough apart, no longer has an account of that name.
    pub(super) fn confirms_absence_of(&self, username: &str) -> bool {
        self.confirms_absence && !self.has(username) && self.vanished.binary_search(&username).is_err()
    }
}

/// A snapshot that lacks accounts by its own word proves nothing by silence; that an account was in it still counts.
fn counts_for_absence(verdict: SnapshotVerdict) -> bool {
    match verdict {
        SnapshotVerdict::Good | SnapshotVerdict::CountRefused | SnapshotVerdict::ShiftRefused => true,
        SnapshotVerdict::SaidIncomplete | SnapshotVerdict::Refused => false,
    }
}
