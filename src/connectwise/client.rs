//! A ConnectWise that is read.
//!
//! Holds no method that writes; whoever may write asks for a [`Writer`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;

use super::agreements::{self, AgreementRecord};
use super::freshness::Strictness;
use super::pages::{Counted, List};
use super::progress::{Detour, Progress};
use super::session::{Ask, Form, Session};
use super::wire::{self, Names, Record};
use super::{ConnectWiseError, Instance, Options, Resource, Scope, TicketDesk, Writer, additions, view};
use crate::billing::{Addition, AdditionId, Agreement, AgreementId, View};
use crate::outbound::Encryption;

/// A connection to one ConnectWise, for reading. Clones share it.
#[derive(Clone)]
pub struct ConnectWise {
    pub(super) session: Arc<Session>,
}

impl ConnectWise {
    /// Finds where the instance's API is. The keys are not sent yet, so they are not checked either.
    ///
    /// # Errors
    ///
    /// Options that cannot be used, a site that does not answer, or one that does not know the company.
    pub async fn connect(options: Options) -> Result<Self, ConnectWiseError> {
        Ok(Self { session: Arc::new(Session::open(options).await?) })
    }

    /// Reads everything that a plan is drawn against. `progress` is told on the way.
    ///
    /// An agreement whose additions cannot be read whole is named in the view as incomplete.
    ///
    /// # Errors
    ///
    /// Any other list that cannot be read whole: a view that lacks companies or cross-references would mislead.
    pub async fn read_view(
        &self,
        scope: &Scope,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<View, ConnectWiseError> {
        view::read(&self.session, scope, progress).await
    }

    /// Reads one agreement; `None` when there is none of that number.
    ///
    /// # Errors
    ///
    /// An answer that leaves open whether it exists, or what it says.
    pub async fn agreement(&self, id: AgreementId) -> Result<Option<Agreement>, ConnectWiseError> {
        let path = format!("{}/{id}", agreements::PATH);
        let record: Option<AgreementRecord> =
            self.record(Resource::Agreements, &path, agreements::FIELDS, id.0, ()).await?;
        let Some(AgreementRecord { agreement, doubt }) = record else { return Ok(None) };
        match doubt {
            None => Ok(Some(agreement)),
            Some(doubt) => Err(ConnectWiseError::BadAnswer { resource: Resource::Agreements, what: doubt.0 }),
        }
    }

    /// Reads one addition; `None` when the agreement has none of that number.
    ///
    /// # Errors
    ///
    /// An answer that leaves open whether it exists, or what it says.
    pub async fn addition(
        &self,
        agreement: AgreementId,
        addition: AdditionId,
    ) -> Result<Option<Addition>, ConnectWiseError> {
        let path = additions::path_of(agreement, addition);
        self.record(Resource::Additions, &path, additions::FIELDS, addition.0, agreement).await
    }

    /// Reads all additions of an agreement, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// Whenever it is not sure that these are all.
    pub async fn additions(&self, agreement: AgreementId) -> Result<Vec<Addition>, ConnectWiseError> {
        let list = List {
            resource: Resource::Additions,
            path: &additions::path(agreement),
            fields: additions::FIELDS,
            condition: None,
            parent: agreement,
            // A create rests on what is not in it.
            counted: Counted::Always,
            strictness: Strictness::Strict,
        };
        let mut additions: Vec<Addition> = self.session.list(&list, &Mutex::default()).await?;
        additions.sort_unstable_by_key(|addition| addition.id);
        Ok(additions)
    }

    /// The only value that can write to this ConnectWise.
    #[must_use]
    pub fn writer(&self) -> Writer {
        Writer::new(Arc::clone(&self.session))
    }

    /// The only value that can open a ticket here. It reaches nothing that is billed.
    #[must_use]
    pub fn ticket_desk(&self) -> TicketDesk {
        TicketDesk::new(Arc::clone(&self.session))
    }

    /// Whether it reads by the keys of these options: a key that was replaced is one that is not.
    #[must_use]
    pub fn reads_by(&self, options: &Options) -> bool {
        self.session.transport.reads_by(options)
    }

    /// Which instance answers.
    #[must_use]
    pub fn instance(&self) -> Instance {
        self.session.instance()
    }

    /// How many requests were made so far, writes and repetitions among them.
    #[must_use]
    pub fn requests_made(&self) -> u64 {
        self.session.transport.requests_made()
    }

    /// How far its clock is ahead of this machine's, by its last answer that said so.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        self.session.transport.meter.clock_ahead()
    }

    /// How its last answer came; `None` where it was not encrypted.
    #[must_use]
    pub fn encryption(&self) -> Option<Encryption> {
        self.session.transport.meter.encryption()
    }

    /// The quick ways that this ConnectWise refused so far.
    #[must_use]
    pub fn detours(&self) -> BTreeSet<Detour> {
        self.session.detours()
    }

    /// Reads one record, on which a write may rest. It is missing only if ConnectWise says of the record itself that it is not found; other
    /// answers of that status speak of the place, the keys or the company.
    async fn record<R: Record>(
        &self,
        resource: Resource,
        path: &str,
        fields: &str,
        number: i64,
        parent: R::Parent,
    ) -> Result<Option<R>, ConnectWiseError> {
        let query = vec![("fields", fields.to_owned())];
        let ask = Ask { resource, path, query, form: Form::Record, strictness: Strictness::Strict };
        let answer = match self.session.read(&ask).await {
            Err(ConnectWiseError::NotFound { code, .. }) if code == "NotFound" => return Ok(None),
            read => read?,
        };
        let bad = |what: String| ConnectWiseError::BadAnswer { resource, what };
        let record: R = wire::record(answer.json(resource)?, parent, &mut Names::default())
            .map_err(|unreadable| bad(unreadable.0))?;
        match record.number() == number {
            true => Ok(Some(record)),
            false => Err(bad(format!("record {} instead of {number}", record.number()))),
        }
    }
}

impl fmt::Debug for ConnectWise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectWise").field("instance", &self.session.instance()).finish_non_exhaustive()
    }
}
