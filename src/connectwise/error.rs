//! What can go wrong with a ConnectWise, as situations a caller can act on.
//!
//! Each has words for a person and a class for a program. Texts of the server arrive here cut, escaped and free of keys.

use std::time::Duration;

use super::Resource;

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectWiseError {
    /// The settings name a site or keys that cannot be used.
    #[error("The ConnectWise settings cannot be used: {what}")]
    Settings {
        /// What is wrong with them.
        what: String,
    },
    /// There is nothing to check the site's certificate with.
    #[error("The certificate store cannot be used: {cause}")]
    CertificateStore {
        /// What the system said.
        cause: String,
    },
    /// The site's certificate was not accepted.
    #[error("The certificate of ConnectWise is not trusted: {cause}")]
    Untrusted {
        /// What is wrong with the certificate.
        cause: String,
    },
    /// No answer came: no connection, or it broke.
    #[error("ConnectWise cannot be reached: {cause}")]
    Unreachable {
        /// What the network said.
        cause: String,
    },
    /// No whole answer came in time.
    #[error("ConnectWise did not answer in time when asked for {resource}")]
    Timeout {
        /// What was asked for.
        resource: Resource,
    },
    /// The site sends us elsewhere. It was not followed: keys go to the configured site only.
    #[error("ConnectWise redirects{} when asked for {resource}", to.as_deref().map(|to| format!(" to {to}")).unwrap_or_default())]
    Redirected {
        /// What was asked for.
        resource: Resource,
        /// Where to.
        to: Option<String>,
    },
    /// The site knows no such login company.
    #[error("ConnectWise knows no company {company:?}")]
    UnknownCompany {
        /// The login company of the settings.
        company: String,
    },
    /// The keys were refused; trying again cannot help.
    #[error("ConnectWise refused the API keys: {message}")]
    Unauthorized {
        /// What it said.
        message: String,
    },
    /// The keys are good, but their member may not do this.
    #[error("ConnectWise does not let this API member read {resource}: {message}")]
    Forbidden {
        /// What was asked for.
        resource: Resource,
        /// What it said.
        message: String,
    },
    /// There is no such record, or no such place.
    #[error("ConnectWise found no {resource}: {message}")]
    NotFound {
        /// What was asked for.
        resource: Resource,
        /// Its code: `NotFound` for a record.
        code: String,
        /// What it said.
        message: String,
    },
    /// The request was refused as it stands.
    #[error("ConnectWise refused to read {resource} ({status} {code}): {message}")]
    Refused {
        /// What was asked for.
        resource: Resource,
        /// The HTTP status.
        status: u16,
        /// Its code, such as `ApiFindCondition`.
        code: String,
        /// What it said.
        message: String,
    },
    /// The gateway before the API knows no such place.
    #[error("The gateway of ConnectWise cannot route the request: {message}")]
    NotRouted {
        /// What it said.
        message: String,
    },
    /// The API moved again while it was followed to where it had moved.
    #[error("ConnectWise moved its API more than once when asked for {resource}")]
    Moved {
        /// What was asked for.
        resource: Resource,
    },
    /// A list whose records are not as many as ConnectWise counts.
    #[error("ConnectWise lists {listed} {resource} and counts {counted}")]
    Incomplete {
        /// What was listed.
        resource: Resource,
        /// How many records the list has.
        listed: usize,
        /// How many there are, as it says.
        counted: u64,
    },
    /// Too many requests, and waiting as told did not help.
    #[error("ConnectWise asks for fewer requests")]
    Throttled {
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// ConnectWise failed by itself.
    #[error("ConnectWise failed with {status} when asked for {resource}: {message}")]
    Server {
        /// What was asked for.
        resource: Resource,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// An answer that cannot be what was asked for.
    #[error("ConnectWise answered the request for {resource} with {what}")]
    BadAnswer {
        /// What was asked for.
        resource: Resource,
        /// What came.
        what: String,
    },
    /// An answer over the size limit.
    #[error("ConnectWise answered the request for {resource} with {cause}")]
    TooLarge {
        /// What was asked for.
        resource: Resource,
        /// Which limit.
        cause: String,
    },
}

/// What follows from an error, for whoever has to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing is right before a person changes the settings, the network or the site.
    Setup,
    /// The keys are refused, or their member may not do this: each try may bring a lock-out nearer.
    NotPermitted,
    /// Too much was asked. Nothing is asked before this time is over, if it was said.
    Throttled {
        /// How long to wait.
        wait: Option<Duration>,
    },
    /// It may be over soon.
    Passing,
    /// The request was refused as it stands; the same one will be again.
    Refused,
    /// What was asked for is not there.
    Gone,
    /// The API moved to another place while it was asked.
    Moved,
    /// What came cannot be all of it: nothing may be concluded from what is missing.
    Incomplete,
}

impl ConnectWiseError {
    /// What follows from it.
    #[must_use]
    pub fn class(&self) -> Class {
        match *self {
            Self::Settings { .. }
            | Self::CertificateStore { .. }
            | Self::Untrusted { .. }
            | Self::Redirected { .. }
            | Self::NotRouted { .. } => Class::Setup,
            Self::UnknownCompany { .. } | Self::Unauthorized { .. } | Self::Forbidden { .. } => {
                Class::NotPermitted
            }
            Self::Throttled { retry_after } => Class::Throttled { wait: retry_after },
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::Server { .. } => Class::Passing,
            Self::Refused { .. } => Class::Refused,
            Self::NotFound { .. } => Class::Gone,
            Self::Moved { .. } => Class::Moved,
            Self::BadAnswer { .. } | Self::TooLarge { .. } | Self::Incomplete { .. } => Class::Incomplete,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "Correct the connectwise part of the settings",
            Self::CertificateStore { .. } => {
                "Install the system's CA certificates (package ca-certificates), or name a readable PEM file as ca_file"
            }
            Self::Untrusted { .. } => {
                "Check the site's name and this machine's clock; name a private certificate authority as ca_file"
            }
            Self::Unreachable { .. } => "Check the site, the network and the proxy",
            Self::Timeout { .. } => "Try again later; ConnectWise may be busy or under maintenance",
            Self::Redirected { .. } => {
                "Set site to the API host itself, such as https://api-na.myconnectwise.net"
            }
            Self::UnknownCompany { .. } => {
                "Check company: it is the Company field of the login page, and its case matters"
            }
            Self::Unauthorized { .. } => {
                "Check company, client_id, public_key and private_key; the keys may have been revoked"
            }
            Self::Forbidden { resource, .. } => resource.permission(),
            Self::NotFound { .. } => {
                "Check site and company; ConnectWise also answers so when keys are wrong"
            }
            Self::Refused { .. } => "The request does not suit this version of ConnectWise; report it",
            Self::Throttled { .. } => "Try again later, or let fewer programs use these keys at once",
            Self::Server { .. } => "Try again later; ConnectWise may be busy or under maintenance",
            Self::NotRouted { .. } => "Check site and company: the gateway finds no API for them",
            Self::Moved { .. } => "Try again later; ConnectWise is being upgraded",
            Self::Incomplete { .. } => {
                "Try again later; records come and go, or the API member may not see all of them"
            }
            Self::BadAnswer { .. } => {
                "Check that site is the API host and that no proxy answers in its place"
            }
            Self::TooLarge { .. } => "Check that site is the API host and that no proxy answers in its place",
        }
    }
}
