//! Turns the alerts of the settings into those who are told.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::super::session::options as connectwise_options;
use super::super::super::{Exit, Failure};
use super::unusable;
use crate::alerts::{Channel, Deliveries, MailOptions, MailSecurity, Notifier, Options, Timing};
use crate::connectwise::Paces;
use crate::problem::Problem;
use crate::reconciler::standing::Level;
use crate::settings::alerts::{self as kept, Alert};
use crate::settings::secret::resolve;
use crate::settings::{OutboundProxy, Settings};

/// Who is told, and how. `page` is where to look.
pub(super) fn options(settings: &Settings, page: Option<String>, paces: &Paces) -> Result<Options, Failure> {
    let notifiers = settings
        .alerts
        .iter()
        .map(|(name, alert)| notifier(name, alert, settings, paces))
        .collect::<Result<_, _>>()?;
    let mut state = settings.journal.clone().into_os_string();
    state.push(".alerts.json");
    Ok(Options {
        notifiers,
        state: PathBuf::from(state),
        page,
        timing: Timing::default(),
        deliveries: Deliveries::default(),
    })
}

fn notifier(name: &Arc<str>, alert: &Alert, settings: &Settings, paces: &Paces) -> Result<Notifier, Failure> {
    let least = match alert.least {
        kept::Least::Attention => Level::Attention,
        kept::Least::Bad => Level::Bad,
    };
    let tenants = alert.tenants.as_ref().map(|tenants| tenants.iter().cloned().collect());
    let proxy = settings.proxy.as_ref().map(OutboundProxy::read).transpose().map_err(unusable)?;
    let channel = channel(&alert.to, settings, paces)?;
    Notifier::through(proxy.as_ref(), name, least, tenants, channel).map_err(|error| {
        Failure::caused(Exit::Invalid, format!("The alert {name} cannot be used"), &error)
            .with_hint("It is named in the settings, under alerts")
    })
}

fn channel(to: &kept::Channel, settings: &Settings, paces: &Paces) -> Result<Channel, Failure> {
    let secret = |kept| resolve(kept).map_err(unusable);
    let certificate_authority = to.certificate_authority().map_err(unusable)?;
    Ok(match to {
        kept::Channel::Webhook { url, secret: key, ca_file: _ } => {
            Channel::Webhook { url: secret(url)?, signing_key: secret(key)?, certificate_authority }
        }
        kept::Channel::Slack { url } => Channel::Slack { url: secret(url)? },
        kept::Channel::Teams { url } => Channel::Teams { url: secret(url)? },
        kept::Channel::Mail(mail) => Channel::Mail(self::mail(mail, certificate_authority)?),
        kept::Channel::Tickets { tenant, board, company } => {
            let tenant = settings.tenants.get(tenant).ok_or_else(|| {
                // Only where one tenant was asked for: the settings name no other than those they have.
                Failure::new(Exit::Usage, format!("The tenant {tenant} of an alert is left out by --tenant"))
            })?;
            let (access, timeout) = (tenant.connectwise.clone(), tenant.writes.request_timeout);
            let paces = paces.clone();
            // The secrets are read for each ticket, so that one that was replaced is used.
            let connectwise = Box::new(move || {
                connectwise_options(&access, access.write_keys.as_ref(), timeout, &paces).map_err(first)
            });
            Channel::Tickets { connectwise, board: board.to_string(), company: company.to_string() }
        }
    })
}

/// What the first of several problems says.
fn first(problems: Vec<Problem>) -> String {
    problems.into_iter().next().map_or_else(String::new, |problem| problem.message)
}

fn mail(mail: &kept::Mail, certificate_authority: Option<Vec<u8>>) -> Result<MailOptions, Failure> {
    let credentials = match &mail.credentials {
        Some((user, password)) => Some((user.to_string(), resolve(password).map_err(unusable)?)),
        None => None,
    };
    Ok(MailOptions {
        host: mail.host.to_string(),
        port: mail.port,
        security: match mail.security {
            kept::MailSecurity::StartTls => MailSecurity::StartTls,
            kept::MailSecurity::Tls => MailSecurity::Tls,
            kept::MailSecurity::PlainLoopback => MailSecurity::PlainLoopback,
        },
        credentials,
        from: mail.from.to_string(),
        to: mail.to.iter().map(|to| to.to_string()).collect(),
        certificate_authority,
    })
}
