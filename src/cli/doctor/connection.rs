//! ConnectWise itself: whether it is reached and trusted, its clock, the keys and their rights, and what mappings name there.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::super::rights::HINT;
use super::super::screen::Screen;
use super::super::session::{Session, wait_for};
use super::super::{Exit, Failure};
use super::check::{Check, Outcome};
use super::files::told;
use crate::connectwise::{
    ConnectWise, ConnectWiseError, Encryption, Finding, LineWrites, Needs, Options, Rights, RightsError,
};
use crate::problem::Code;
use crate::reconciler::{Local, Observation, needs, observe};

/// Clocks that differ by more are told.
const NOTICEABLE: SignedDuration = SignedDuration::from_mins(5);

/// Clocks that differ by more stop the daemon's writes.
const INTOLERABLE: SignedDuration = SignedDuration::from_hours(1);

/// The checks that cannot be made without a connection.
const CONNECTED: [&str; 5] = ["company", "clock", "keys", "rights", "names"];

/// Makes the checks that need ConnectWise, and hands them on as they are made.
pub(super) fn examine(
    session: &Session,
    options: Option<Options>,
    local: Option<Local>,
    screen: &Screen,
    add: &mut dyn FnMut(Vec<Check>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let skip =
        |names: &[&'static str], why: &str| names.iter().map(|name| Check::skipped(name, why)).collect();
    let Some(options) = options else {
        add(skip(&["site"], "the secrets cannot be used"))?;
        return add(skip(&CONNECTED, "the secrets cannot be used"));
    };
    let progress = screen.progress();
    wait_for(async {
        let connectwise = match ConnectWise::connect(options).await {
            Ok(connectwise) => connectwise,
            Err(error) => {
                progress.done();
                let name = if is_about_company(&error) { "company" } else { "site" };
                add(vec![refused(name, &error)])?;
                return add(skip(&CONNECTED, "ConnectWise is not reached"));
            }
        };
        add(reached(session, &connectwise))?;
        let needed = local
            .as_ref()
            .map_or(Needs { lines: LineWrites::Quantities, tickets: session.tickets }, |local| {
                needs(&local.mappings.catalog, session.tickets)
            });
        let rights = connectwise.rights(needed).await;
        let are_refused = rights.as_ref().is_err_and(RightsError::refuses_keys);
        add(vec![keys(&rights), self::rights(&rights)])?;
        let names = match local {
            _ if are_refused => Check::skipped("names", "the keys are refused"),
            None => Check::skipped("names", "the mappings cannot be read"),
            Some(local) => {
                let observed = observe(local, &connectwise, &|step| progress.read(&step)).await;
                observed.map_or_else(|error| refused("names", &error), |seen| names(session, &seen))
            }
        };
        progress.done();
        add(vec![names])
    })
}

/// What is known once the site has answered: no key was sent until then.
fn reached(session: &Session, connectwise: &ConnectWise) -> Vec<Check> {
    let instance = connectwise.instance();
    let site = session.instance().site;
    let encryption = connectwise.encryption();
    let how = match &encryption {
        None => "on this machine, unencrypted".to_owned(),
        Some(Encryption { version, .. }) => {
            format!("by {} and a certificate that is trusted", version.unwrap_or("TLS"))
        }
    };
    let hosted = if instance.cloud { "hosted by the vendor" } else { "on premises" };
    let (name, version, codebase) = (&instance.company_name, &instance.version, instance.codebase());
    let mut checks = vec![
        Check::new("site", Outcome::Ok, format!("{site} answers, {how}")),
        Check::new(
            "company",
            Outcome::Ok,
            format!("{name}, version {version}, code base {codebase}, {hosted}"),
        ),
        clock(connectwise.clock_ahead()),
    ];
    let ends = encryption.and_then(|encryption| encryption.certificate_ends);
    checks.extend(ends.map(|ends| certificate(ends, Timestamp::now())));
    checks
}

/// A certificate that ends is renewed before this, or not at all.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Until when the site is believed. One that has ended is refused before this is asked.
fn certificate(ends: Timestamp, now: Timestamp) -> Check {
    let left = ends.duration_since(now);
    let said = format!("the certificate of the site ends on {ends:.0}, in {} days", left.as_hours() / 24);
    if left < RENEWED_BEFORE {
        let hint = "have it renewed: once it has ended nothing is read or written";
        Check::new("certificate", Outcome::Warning, said).with_hint(hint)
    } else {
        Check::new("certificate", Outcome::Ok, said)
    }
}

fn clock(ahead: Option<SignedDuration>) -> Check {
    let Some(ahead) = ahead else {
        return Check::new("clock", Outcome::Warning, "ConnectWise does not say what time it is")
            .with_hint("compare this machine's clock with another one");
    };
    let seconds = ahead.as_secs();
    let said = match seconds {
        0 => "the clocks of ConnectWise and of this machine agree".to_owned(),
        1.. => format!("the clock of ConnectWise is {seconds} s ahead of this machine's"),
        _ => format!("the clock of ConnectWise is {} s behind this machine's", seconds.unsigned_abs()),
    };
    let hint = "let this machine's clock follow a time server: ages of usage and freeze windows go by it";
    if ahead.abs() > INTOLERABLE {
        Check::new("clock", Outcome::Failed, said).with_hint(hint)
    } else if ahead.abs() > NOTICEABLE {
        Check::new("clock", Outcome::Warning, said).with_hint(hint)
    } else {
        Check::new("clock", Outcome::Ok, said)
    }
}

/// Whether the keys are accepted. Whoever is refused a right is known.
fn keys(rights: &Result<Rights, RightsError>) -> Check {
    match rights {
        Ok(_) => Check::new("keys", Outcome::Ok, "the keys are accepted"),
        Err(error) if error.refuses_keys() => {
            let said = format!("the keys for {} are refused: {}", error.keys, error.error);
            Check::new("keys", Outcome::Failed, said).with_hint(error.error.hint())
        }
        Err(RightsError { error: ConnectWiseError::Forbidden { .. }, .. }) => {
            Check::new("keys", Outcome::Ok, "the keys are accepted")
        }
        Err(_) => Check::skipped("keys", "they were not judged; what is read next tells"),
    }
}

fn rights(rights: &Result<Rights, RightsError>) -> Check {
    let rights = match rights {
        Ok(rights) => rights,
        Err(error) if error.refuses_keys() => return Check::skipped("rights", "the keys are refused"),
        Err(error) => {
            let said = format!("{error}; nothing is assumed of them");
            return Check::new("rights", Outcome::Warning, said).with_hint(error.error.hint());
        }
    };
    let listed = |findings: &mut dyn Iterator<Item = &Finding>| -> Vec<String> {
        findings.map(|finding| format!("{}: {finding}", finding.flaw.as_str())).collect()
    };
    let details = listed(&mut rights.findings.iter());
    let [missing, excess, unclear] =
        [rights.missing().count(), rights.excess().count(), rights.unclear().count()];
    if details.is_empty() {
        return Check::new("rights", Outcome::Ok, "the API member may do what is needed and no more");
    }
    let outcome = if missing > 0 { Outcome::Failed } else { Outcome::Warning };
    let said = format!("{missing} missing, {excess} more than is needed, {unclear} unclear");
    Check::new("rights", outcome, said).with_details(details).with_hint(HINT)
}

/// Whether what the mappings name is there, by what a plan says of it.
fn names(session: &Session, seen: &Observation) -> Check {
    let plan = seen.plan(&session.tenant, Timestamp::now());
    let unknown = [Code::UnknownIntegration, Code::UnknownAgreementType, Code::UnknownProduct];
    let mut details: BTreeSet<String> =
        plan.problems.iter().filter(|problem| unknown.contains(&problem.code)).map(told).collect();
    let policy = &seen.local.mappings.catalog.policy;
    if let Some(field) = &policy.link.custom_field {
        let has_it = seen.view.companies.iter().any(|company| !company.custom_fields.is_empty());
        if !has_it {
            details.insert(format!("no company has the custom field {field}"));
        }
    }
    if details.is_empty() {
        let (agreements, additions) = (seen.view.agreements.len(), seen.view.additions.len());
        let said = format!(
            "what the mappings name is there; {agreements} agreements and {additions} additions were read"
        );
        return Check::new("names", Outcome::Ok, said);
    }
    Check::new("names", Outcome::Failed, "ConnectWise lacks what the mappings name")
        .with_details(details)
        .with_hint("names are compared exactly, case and blanks too; correct the mapping or add the record")
}

fn refused(name: &'static str, error: &ConnectWiseError) -> Check {
    Check::new(name, Outcome::Failed, error.to_string()).with_hint(error.hint()).exits(Exit::NothingPlanned)
}

fn is_about_company(error: &ConnectWiseError) -> bool {
    matches!(error, ConnectWiseError::UnknownCompany { .. })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Check, Outcome, certificate};

    #[test]
    fn a_certificate_that_ends_within_two_weeks_is_warned_of() {
        let now: Timestamp = "2026-11-27T00:00:00Z".parse().unwrap();
        let days = |days: i64| certificate(now + SignedDuration::from_hours(24 * days), now);

        let said = "the certificate of the site ends on 2026-12-10T00:00:00Z, in 13 days";
        let hint = "have it renewed: once it has ended nothing is read or written";
        assert_eq!(days(13), Check::new("certificate", Outcome::Warning, said).with_hint(hint));
        let said = "the certificate of the site ends on 2026-12-11T00:00:00Z, in 14 days";
        assert_eq!(days(14), Check::new("certificate", Outcome::Ok, said));
    }
}
