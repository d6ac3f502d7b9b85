//! Agreements and their additions: bundled where the instance allows it, one by one where not.
//!
//! An agreement that cannot be read whole becomes incomplete and stops no other. What concerns all of them, such as
//! refused keys, is an error of the whole read.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::Reading;
use crate::billing::{Addition, Agreement, AgreementId, AgreementTypeId};
use crate::connectwise::bundles::{self, LISTS_AT_ONCE, Part};
use crate::connectwise::freshness::Strictness;
use crate::connectwise::pages::{Counted, List};
use crate::connectwise::progress::{Detour, Progress};
use crate::connectwise::session::{Ask, Form, unpoisoned};
use crate::connectwise::wire::Unreadable;
use crate::connectwise::{Class, ConnectWiseError, Resource, additions};

/// How many bundles are prepared at once. How many are under way is the session's affair; more than that only means
/// that more are refused before it is known that all are.
const BUNDLES_AT_ONCE: usize = 8;

/// The agreements that matter and what stands on them.
pub(super) struct Holdings {
    pub(super) agreements: Vec<Agreement>,
    pub(super) additions: Vec<Addition>,
    pub(super) incomplete: BTreeSet<AgreementId>,
}

/// What came of the additions of one agreement.
type Outcome = (AgreementId, Result<Vec<Addition>, ConnectWiseError>);

impl Reading<'_> {
    /// Reads the agreements of the types with their additions.
    pub(super) async fn holdings(
        &self,
        types: &BTreeSet<AgreementTypeId>,
    ) -> Result<Holdings, ConnectWiseError> {
        let records = self.agreements(types).await?;
        let mut incomplete = BTreeSet::new();
        let mut agreements = Vec::with_capacity(records.len());
        for record in records {
            if let Some(doubt) = record.doubt {
                self.spoil(&mut incomplete, record.agreement.id, doubt.0);
            }
            agreements.push(record.agreement);
        }
        let readable = agreements.iter().map(|agreement| agreement.id).filter(|id| !incomplete.contains(id));
        let readable: Vec<AgreementId> = readable.collect();
        let mut additions = Vec::new();
        for (agreement, outcome) in self.additions(&readable).await? {
            match outcome {
                Ok(read) => additions.extend(read),
                Err(error) => self.spoil(&mut incomplete, agreement, error.to_string()),
            }
        }
        additions.sort_unstable_by_key(|addition| (addition.agreement, addition.product, addition.id));
        Ok(Holdings { agreements, additions, incomplete })
    }

    fn spoil(&self, incomplete: &mut BTreeSet<AgreementId>, agreement: AgreementId, cause: String) {
        (self.progress)(Progress::Incomplete { agreement, cause });
        incomplete.insert(agreement);
    }

    /// What came of every agreement. The first error that concerns them all ends it: nobody is asked for the rest.
    async fn additions(&self, agreements: &[AgreementId]) -> Result<Vec<Outcome>, ConnectWiseError> {
        let done = AtomicUsize::new(0);
        let bundle = |some| {
            let done = &done;
            async move {
                let outcomes = self.bundle(some).await?;
                let agreements_done = done.fetch_add(outcomes.len(), Ordering::Relaxed) + outcomes.len();
                (self.progress)(Progress::Additions { agreements_done, agreements: agreements.len() });
                Ok(outcomes)
            }
        };
        let bundles: Vec<_> = agreements.chunks(LISTS_AT_ONCE).map(bundle).collect();
        stream::iter(bundles).buffer_unordered(BUNDLES_AT_ONCE).try_concat().await
    }

    /// Reads the additions of a few agreements, by one request if that is allowed.
    async fn bundle(&self, agreements: &[AgreementId]) -> Result<Vec<Outcome>, ConnectWiseError> {
        if self.session.detours().contains(&Detour::NoBundles) {
            return self.one_by_one(agreements).await;
        }
        match self.bundled(agreements).await {
            Ok(parts) => {
                let completed = |(agreement, part)| self.completed(agreement, part);
                try_join_all(parts.into_iter().map(completed)).await
            }
            Err(error) if refuses_bundles(&error) => {
                self.detour(Detour::NoBundles);
                self.one_by_one(agreements).await
            }
            Err(error) if error.class() == Class::Incomplete => self.one_by_one(agreements).await,
            Err(error) if concerns_one_agreement(&error) => {
                Ok(agreements.iter().map(|&agreement| (agreement, Err(error.clone()))).collect())
            }
            Err(error) => Err(error),
        }
    }

    async fn bundled(
        &self,
        agreements: &[AgreementId],
    ) -> Result<Vec<(AgreementId, Part)>, ConnectWiseError> {
        let resource = Resource::Bundles;
        let form = Form::Bundle(bundles::request(agreements).into());
        let (path, query, strictness) = (bundles::PATH, Vec::new(), Strictness::Lenient);
        let answer = self.session.read(&Ask { resource, path, query, form, strictness }).await?;
        bundles::read(answer.json(resource)?, agreements, &mut unpoisoned(&self.names))
            .map_err(|Unreadable(what)| ConnectWiseError::BadAnswer { resource, what })
    }

    /// Reads what a part of a bundle left open.
    async fn completed(&self, agreement: AgreementId, part: Part) -> Result<Outcome, ConnectWiseError> {
        let read = match part {
            Part::Whole(additions) => Ok(additions),
            Part::Begun(additions) => self.rest_of(agreement, additions).await,
            Part::Unordered => self.rest_of(agreement, Vec::new()).await,
            Part::Failed(Unreadable(what)) => {
                Err(ConnectWiseError::BadAnswer { resource: Resource::Additions, what })
            }
        };
        match read {
            Err(error) if !concerns_one_agreement(&error) => Err(error),
            read => Ok((agreement, read)),
        }
    }

    async fn one_by_one(&self, agreements: &[AgreementId]) -> Result<Vec<Outcome>, ConnectWiseError> {
        let unread = || Part::Begun(Vec::new());
        try_join_all(agreements.iter().map(|&agreement| self.completed(agreement, unread()))).await
    }

    /// Reads the additions after those that are there already, which are the first ones in order.
    async fn rest_of(
        &self,
        agreement: AgreementId,
        begun: Vec<Addition>,
    ) -> Result<Vec<Addition>, ConnectWiseError> {
        let list = List {
            resource: Resource::Additions,
            path: &additions::path(agreement),
            fields: additions::FIELDS,
            condition: None,
            parent: agreement,
            counted: Counted::WhenLong,
            strictness: Strictness::Lenient,
        };
        self.session.list_on(&list, begun, &self.names).await
    }
}

/// Whether the instance does not offer bundles to these keys. All additions can then still be read one by one.
fn refuses_bundles(error: &ConnectWiseError) -> bool {
    match error {
        ConnectWiseError::Refused { status, .. } => matches!(status, 400 | 405),
        ConnectWiseError::Forbidden { .. }
        | ConnectWiseError::NotFound { .. }
        | ConnectWiseError::NotRouted { .. } => true,
        ConnectWiseError::Settings { .. }
        | ConnectWiseError::CertificateStore { .. }
        | ConnectWiseError::Untrusted { .. }
        | ConnectWiseError::Unreachable { .. }
        | ConnectWiseError::Timeout { .. }
        | ConnectWiseError::Redirected { .. }
        | ConnectWiseError::UnknownCompany { .. }
        | ConnectWiseError::Unauthorized { .. }
        | ConnectWiseError::Moved { .. }
        | ConnectWiseError::Throttled { .. }
        | ConnectWiseError::Server { .. }
        | ConnectWiseError::BadAnswer { .. }
        | ConnectWiseError::Incomplete { .. }
        | ConnectWiseError::TooLarge { .. } => false,
    }
}

/// Whether an error may be the trouble of one agreement. The others stop the read: asking on would not help, or would
/// make things worse. Where nobody answers at all, nobody will answer for the next agreement either.
fn concerns_one_agreement(error: &ConnectWiseError) -> bool {
    match error.class() {
        Class::Passing => !matches!(error, ConnectWiseError::Unreachable { .. }),
        Class::Refused | Class::Gone | Class::Incomplete => true,
        Class::Setup | Class::NotPermitted | Class::Throttled { .. } | Class::Moved => false,
    }
}
