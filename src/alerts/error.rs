//! What can be wrong with the settings of a notifier, and why a notice did not arrive.
//!
//! No variant repeats an address or a secret: the address of a chat's webhook is a secret itself.

/// Settings of a notifier that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotifierError {
    /// Its name is also part of a file's name.
    #[error("A notifier's name has 1 to 40 letters, digits, - and _")]
    Name,
    /// The address of a webhook cannot be used.
    #[error("The address of the webhook {what}")]
    Address {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The mail relay cannot be used.
    #[error("The mail relay {what}")]
    Relay {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A mail address cannot be used.
    #[error("{text:?} is no mail address")]
    Mailbox {
        /// As it is written.
        text: String,
    },
    /// There is nobody to write to.
    #[error("The notifier has no recipient")]
    NoRecipient,
    /// A signature nobody can rely on.
    #[error("The signing key of a webhook has at least 16 characters")]
    ShortKey,
    /// There is nothing to check certificates with.
    #[error("The certificate store cannot be used: {cause}")]
    CertificateStore {
        /// What the library said.
        cause: String,
    },
    /// A board or company that is empty.
    #[error("A ticket needs a board and a company")]
    Board,
}

/// Why a notice did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Undelivered {
    /// What happened, without an address or a secret.
    pub why: String,
    /// Whether another attempt can help.
    pub again: Again,
}

/// Whether another attempt can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It may: nobody answered, or asked for patience.
    Useful,
    /// It cannot, or it could say the same twice.
    Useless,
}

impl Undelivered {
    /// Another attempt may help.
    pub(super) fn for_now(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: Again::Useful }
    }

    /// Another attempt cannot help.
    pub(super) fn for_good(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: Again::Useless }
    }
}
