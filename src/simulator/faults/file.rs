//! The fault file: which requests meet which faults, when, as people write it in YAML.
//!
//! Strict: what no rule has is refused with its place. Decides nothing itself; chance comes from the file's seed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bite::Bite;
use super::span::{Probability, Span};
use super::when::When;
use crate::simulator::callbacks::CallbackFault;
use crate::simulator::kind::Kind;
use crate::simulator::routes::Endpoint;

/// What goes wrong in a simulator, and when. The same file and the same requests meet the same faults.
///
/// Example:
///
/// ```yaml
/// seed: 7
/// faults:
///   - fault: { latency: { median: 300ms, cap: 20s } }
///   - fault: { throttle: { perMinute: 1000 } }
///   - on: { method: PATCH, route: addition }
///     when: { probability: 0.02 }
///     fault: { timedOut: afterCommit }
///   - on: { method: PATCH, path: additions/100001 }
///     when: { times: 1 }
///     fault: { anotherActor: { does: { setQuantity: 9 }, at: beforeIt } }
///   - name: maintenance
///     when: { between: [10s, 20s] }
///     fault: { gateway: { status: 503 } }
/// ```
///
/// Of the rules that bite one request, all do: the first that lets nothing land, or that gives another answer, has
/// the last word.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultFile {
    /// What chance begins with.
    #[serde(default)]
    pub seed: u64,
    /// The rules.
    #[serde(default)]
    pub faults: Vec<FaultRule>,
    /// What happens to the callbacks, the first ones first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callbacks: Vec<CallbackRule>,
}

/// What happens to the next so many callbacks on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallbackRule {
    /// What happens to each.
    pub fault: CallbackFault,
    /// To how many; to one where it is absent.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// One fault, the requests it waits for, and when it bites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// Its name in reports; the fault's own name where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The requests it waits for; every request where it is absent.
    #[serde(default)]
    pub on: On,
    /// When it bites; always where it is absent.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    #[schemars(with = "Bite")]
    pub fault: Bite,
}

/// Which requests a fault waits for: those for which everything holds that is written here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct On {
    /// Requests of this method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Requests to this route.
    #[serde(skip_serializing_if = "RouteName::is_any")]
    pub route: RouteName,
    /// Requests whose path contains this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates; a bundle reads.
    Post,
    /// Changes.
    Patch,
    /// Replaces.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// The method as it is written in a request.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A route by its name: the plural is the list, the singular is one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are those of the endpoints")]
pub enum RouteName {
    /// Every route, also those that do not exist.
    #[default]
    Any,
    CompanyInfo,
    SystemInfo,
    MySecurity,
    AuditTrail,
    Bundles,
    /// The count of any list.
    Count,
    Companies,
    Company,
    AgreementTypes,
    AgreementType,
    Agreements,
    Agreement,
    Additions,
    Addition,
    Products,
    Product,
    Integrations,
    Integration,
    CrossReferences,
    CrossReference,
    Tickets,
    Ticket,
    Callbacks,
    Callback,
}

impl RouteName {
    fn is_any(&self) -> bool {
        *self == Self::Any
    }

    /// The name of an endpoint.
    pub(in crate::simulator) fn of(endpoint: Endpoint) -> Self {
        match endpoint {
            Endpoint::SystemInformation => Self::SystemInfo,
            Endpoint::MySecurity => Self::MySecurity,
            Endpoint::AuditTrail => Self::AuditTrail,
            Endpoint::Bundles => Self::Bundles,
            Endpoint::AuditTrailCount | Endpoint::Count(..) => Self::Count,
            Endpoint::Collection(kind, _) => Self::list_of(kind),
            Endpoint::Record(kind, ..) => Self::record_of(kind),
        }
    }

    fn list_of(kind: Kind) -> Self {
        match kind {
            Kind::Company => Self::Companies,
            Kind::AgreementType => Self::AgreementTypes,
            Kind::Agreement => Self::Agreements,
            Kind::Addition => Self::Additions,
            Kind::Product => Self::Products,
            Kind::Integration => Self::Integrations,
            Kind::CrossReference => Self::CrossReferences,
            Kind::Ticket => Self::Tickets,
            Kind::Callback => Self::Callbacks,
        }
    }

    fn record_of(kind: Kind) -> Self {
        match kind {
            Kind::Company => Self::Company,
            Kind::AgreementType => Self::AgreementType,
            Kind::Agreement => Self::Agreement,
            Kind::Addition => Self::Addition,
            Kind::Product => Self::Product,
            Kind::Integration => Self::Integration,
            Kind::CrossReference => Self::CrossReference,
            Kind::Ticket => Self::Ticket,
            Kind::Callback => Self::Callback,
        }
    }
}

/// Why a fault file arms nothing.
#[derive(Debug, thiserror::Error)]
pub enum FaultFileError {
    /// It is not the YAML of a fault file.
    #[error("the fault file is not valid: {0}")]
    Yaml(#[from] serde_yaml::Error),
    /// A value makes no sense.
    #[error("the fault file is not valid: {place}: {why}")]
    Value {
        /// Where it is written, as `faults[2].when.every`.
        place: String,
        /// What is wrong with it, and what would be right.
        why: String,
    },
}

impl FaultFile {
    /// The JSON Schema of a fault file, for editors.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(FaultFile)
    }

    /// Reads a fault file from YAML.
    ///
    /// # Errors
    /// Where it is not YAML, has a field that no rule has, or a value that makes no sense.
    pub fn from_yaml(text: &str) -> Result<Self, FaultFileError> {
        let file: Self = if text.trim().is_empty() { Self::default() } else { serde_yaml::from_str(text)? };
        for (place, rule) in file.faults.iter().enumerate() {
            let complain = |(field, why): (&str, String)| FaultFileError::Value {
                place: format!("faults[{place}].{field}"),
                why,
            };
            rule.when.check().map_err(complain)?;
            rule.fault.check().map_err(complain)?;
        }
        Ok(file)
    }
}

/// The usual parts of rules, for those that are made in code.
impl FaultRule {
    /// This fault, for every request that it can befall.
    #[must_use]
    pub fn always(fault: Bite) -> Self {
        Self { name: None, on: On::default(), when: When::default(), fault }
    }

    /// The same with a probability, from 0 to 1.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.when.probability = Some(Probability(probability));
        self
    }

    /// The same, for the first so many requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.when.times = Some(times);
        self
    }

    /// The same, only between these moments after it was armed.
    #[must_use]
    pub fn between(mut self, from: Span, to: Span) -> Self {
        self.when.between = Some([from, to]);
        self
    }
}
