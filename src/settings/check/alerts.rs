//! Whom the daemon tells: each way with the secrets it needs, about tenants that there are.

use std::sync::Arc;

use super::{Checker, settled};
use crate::problem::Code;
use crate::settings::alerts::{Alert, Channel, Least, Mail, MailSecurity};
use crate::settings::document::{
    AlertDocument, ChannelDocument, LeastDocument, MailDocument, MailSecurityDocument, TicketsDocument,
    Written,
};
use crate::yaml::Node;

impl Checker<'_> {
    /// Somebody who is told. `known` are the tenants of the settings.
    pub(super) fn alert(
        &mut self,
        node: Node<'_>,
        alert: AlertDocument,
        known: &[Arc<str>],
    ) -> Option<Alert> {
        let AlertDocument { to, least, tenants } = alert;
        let all = tenants.is_empty();
        let tenants = self.known_tenants(node.key("tenants"), tenants, known)?;
        Some(Alert {
            to: self.channel(node.key("to"), to, known)?,
            least: match least {
                Some(LeastDocument::Attention) | None => Least::Attention,
                Some(LeastDocument::Bad) => Least::Bad,
            },
            tenants: (!all).then_some(tenants),
        })
    }

    fn channel(&mut self, node: Node<'_>, to: ChannelDocument, known: &[Arc<str>]) -> Option<Channel> {
        match to {
            ChannelDocument::Webhook(webhook) => {
                let node = node.key("webhook");
                let url = self.secret("url", node, webhook.url);
                let secret = self.secret("secret", node, webhook.secret);
                let ca_file = webhook.ca_file.map(|path| self.path(node.key("ca_file"), &path));
                Some(Channel::Webhook { url: url?, secret: secret?, ca_file: settled(ca_file)? })
            }
            ChannelDocument::Slack(chat) => {
                Some(Channel::Slack { url: self.secret("url", node.key("slack"), chat.url)? })
            }
            ChannelDocument::Teams(chat) => {
                Some(Channel::Teams { url: self.secret("url", node.key("teams"), chat.url)? })
            }
            ChannelDocument::Mail(mail) => self.mail(node.key("mail"), mail).map(Channel::Mail),
            ChannelDocument::Tickets(tickets) => {
                let TicketsDocument { tenant, board, company } = tickets;
                let place = node.key("tickets").key("tenant");
                let tenant = self.known_tenant(place, &tenant, known)?;
                Some(Channel::Tickets { tenant, board: board.0.into(), company: company.0.into() })
            }
        }
    }

    fn mail(&mut self, node: Node<'_>, mail: MailDocument) -> Option<Mail> {
        let MailDocument { host, port, security, user, password, from, to, ca_file } = mail;
        let password = password.map(|password| self.secret("password", node, password));
        let ca_file = ca_file.map(|path| self.path(node.key("ca_file"), &path));
        let credentials = match (user, password) {
            (Some(Written(user)), Some(password)) => Some((user.into(), password?)),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                let message = "a user and a password go together";
                let hint = "write both, or neither for a relay that asks for none";
                self.error(Code::InvalidValue, "user", node, message, hint);
                return None;
            }
        };
        Some(Mail {
            host: host.0.into(),
            port,
            security: match security {
                Some(MailSecurityDocument::Starttls) | None => MailSecurity::StartTls,
                Some(MailSecurityDocument::Tls) => MailSecurity::Tls,
                Some(MailSecurityDocument::PlainLoopback) => MailSecurity::PlainLoopback,
            },
            credentials,
            from: from.0.into(),
            to: to.into_iter().map(|Written(to)| to.into()).collect(),
            ca_file: settled(ca_file)?,
        })
    }
}
