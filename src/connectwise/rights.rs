//! What the API members may do, against what trueup needs them for: what is missing, and what is too much.
//!
//! Reads what ConnectWise says of the keys that read and of those that write. Decides nothing by it, and assumes nothing
//! where ConnectWise says nothing.

mod compare;
mod my_security;

use std::fmt;
use std::sync::Arc;

use super::session::Form;
use super::{ConnectWise, ConnectWiseError};
use compare::{Duty, compare};

/// What the members are needed for, besides reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// What is written to agreements.
    pub lines: LineWrites,
    /// Whether tickets are opened.
    pub tickets: TicketUse,
}

/// What is written to agreements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineWrites {
    /// Quantities of additions that are there.
    Quantities,
    /// Additions are created too.
    QuantitiesAndCreates,
}

/// Whether somebody is told by tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TicketUse {
    /// Nobody.
    #[default]
    None,
    /// Tickets are opened, and asked after.
    Opened,
}

/// What a member can do with the records of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Read.
    Inquire,
    /// Create.
    Add,
    /// Change.
    Edit,
    /// Delete.
    Delete,
}

/// How far an action reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    None,
    /// What the member owns.
    My,
    /// Everything.
    All,
    /// A level that is not known here, as ConnectWise calls it.
    Other(Arc<str>),
    /// ConnectWise says none.
    Unsaid,
}

/// What is wrong with a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// It is needed and not granted.
    Missing,
    /// It is granted and not needed: keys that are stolen could do more harm than they have to.
    Excess,
    /// It is needed, and ConnectWise does not say in words known here whether it is granted.
    Unclear,
}

/// What a right is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To read what a plan is drawn against.
    Reading,
    /// To set the quantity of an addition.
    SettingQuantities,
    /// To create an addition.
    Creating,
    /// To open tickets, and to ask after them.
    Tickets,
    /// For nothing: it is more than is needed.
    Nothing,
}

/// One right that is not as it should be, in the words of the role's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub flaw: Flaw,
    /// What it is needed for.
    pub purpose: Purpose,
    /// The API member.
    pub member: Arc<str>,
    /// The module, such as Finance.
    pub module: Arc<str>,
    /// The function, such as Agreements.
    pub function: Arc<str>,
    /// The action.
    pub action: Action,
    /// How far it reaches now.
    pub now: Level,
    /// How far it should.
    pub needed: Level,
}

/// What the members may do, as far as it is not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// What is wrong, the missing first.
    pub findings: Vec<Finding>,
}

/// Why it is not known what a member may do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The rights of the keys for {keys} cannot be read: {error}")]
pub struct RightsError {
    /// Whose.
    pub keys: WhichKeys,
    /// Why.
    pub error: ConnectWiseError,
}

/// The keys of which member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichKeys {
    /// Those that read.
    Reading,
    /// Those that write.
    Writing,
}

impl ConnectWise {
    /// Asks what the members of these keys may do, and compares it with what they are needed for. One request a member.
    ///
    /// # Errors
    ///
    /// When ConnectWise does not say, as older releases do not. Nothing is known then.
    pub async fn rights(&self, needs: Needs) -> Result<Rights, RightsError> {
        let of = |keys| move |error| RightsError { keys, error };
        let reader = my_security::read(&self.session, Form::Page).await.map_err(of(WhichKeys::Reading))?;
        let mut findings = if self.session.transport.has_write_keys() {
            let writer = my_security::read(&self.session, Form::PageForWriter).await;
            let writer = writer.map_err(of(WhichKeys::Writing))?;
            [compare(&reader, Duty::Reads, needs), compare(&writer, Duty::Writes, needs)].concat()
        } else {
            compare(&reader, Duty::ReadsAndWrites, needs)
        };
        findings.sort_by_key(|finding| finding.flaw);
        Ok(Rights { findings })
    }
}

impl Rights {
    /// The rights that are needed and not granted.
    pub fn missing(&self) -> impl Iterator<Item = &Finding> {
        self.with(Flaw::Missing)
    }

    /// The missing ones without which these writes would be refused. Others bar no write: what a plan is drawn against was
    /// read with these very keys, and an alert that cannot be told by ticket is no reason to leave an invoice wrong.
    pub fn barring(&self, writes: LineWrites) -> impl Iterator<Item = &Finding> {
        self.missing().filter(move |finding| match finding.purpose {
            Purpose::SettingQuantities => true,
            Purpose::Creating => writes == LineWrites::QuantitiesAndCreates,
            Purpose::Reading | Purpose::Tickets | Purpose::Nothing => false,
        })
    }

    /// The rights that are granted and not needed.
    pub fn excess(&self) -> impl Iterator<Item = &Finding> {
        self.with(Flaw::Excess)
    }

    /// The rights that are needed and of which it is not known whether they are granted.
    pub fn unclear(&self) -> impl Iterator<Item = &Finding> {
        self.with(Flaw::Unclear)
    }

    fn with(&self, flaw: Flaw) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.flaw == flaw)
    }
}

impl RightsError {
    /// Whether the keys themselves were refused, so that nothing can be done with them.
    #[must_use]
    pub fn refuses_keys(&self) -> bool {
        matches!(self.error, ConnectWiseError::Unauthorized { .. })
    }
}

impl Action {
    /// Its name, as the role's page has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inquire => "Inquire",
            Self::Add => "Add",
            Self::Edit => "Edit",
            Self::Delete => "Delete",
        }
    }
}

impl Flaw {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Excess => "excess",
            Self::Unclear => "unclear",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::My => "My",
            Self::All => "All",
            Self::Other(name) => name,
            Self::Unsaid => "not said",
        })
    }
}

impl fmt::Display for WhichKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reading => "reading",
            Self::Writing => "writing",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flaw, purpose: _, member, module, function, action, now, needed } = self;
        write!(f, "API member {member}: {module} > {function}: {} is {now}, ", action.as_str())?;
        match flaw {
            Flaw::Missing | Flaw::Unclear => write!(f, "{needed} is needed"),
            Flaw::Excess => write!(f, "{needed} is enough"),
        }
    }
}
