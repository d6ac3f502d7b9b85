//! The settings as written. The doc comments here are what an editor shows.
//!
//! Decides what the file may say, not what it means.

mod alerts;
mod daemon;
mod repository;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

pub(super) use alerts::{
    AlertDocument, ChannelDocument, LeastDocument, MailDocument, MailSecurityDocument, TicketsDocument,
};
pub(super) use daemon::{
    FullListenDocument, HookDocument, HookKindDocument, ListenDocument, MetricsDocument, ProxyDocument,
    TlsDocument,
};
pub(super) use repository::{BasicDocument, RemoteAccessDocument, RepositoryDocument, SshDocument};

/// The operator's settings: which ConnectWise instances there are, and where their mappings and usage come from
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(title = "trueup settings", extend("required" = ["tenants"]))]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsDocument {
    /// The tenants by name: one for each ConnectWise instance
    // Required by the schema, by which the reader goes; a default all the same, so that the rest is checked too.
    #[serde(default)]
    pub(super) tenants: BTreeMap<String, TenantDocument>,
    /// The journal file; trueup.db beside this file when left out
    pub(super) journal: Option<Written>,
    /// The times of the write protocol, for tenants that do not set them
    pub(super) writes: Option<WritesDocument>,
    /// Where the status page is served; nothing listens when left out
    pub(super) listen: Option<ListenDocument>,
    /// Where the metrics are read; beside the status page, for this machine alone, when left out
    pub(super) metrics: Option<MetricsDocument>,
    /// Where hooks are listened for, apart from the page; nowhere when left out
    pub(super) hooks_listen: Option<ListenDocument>,
    /// Who may ring, by the name that ends the address: /hooks/NAME
    #[serde(default)]
    pub(super) hooks: BTreeMap<String, HookDocument>,
    /// Whom the daemon tells when something needs somebody, by name
    #[serde(default)]
    pub(super) alerts: BTreeMap<String, AlertDocument>,
    /// The proxy on the way to ConnectWise, to repositories over https and to web addresses of alerts, such as
    /// http://proxy.example:3128; none when left out. The environment names none
    pub(super) proxy: Option<Written>,
    /// What the proxy asks for
    pub(super) proxy_login: Option<ProxyLoginDocument>,
    /// Nothing is written by mappings whose repository could not be looked at for this long; 30m when left out
    pub(super) stale_after: Option<WrittenDuration>,
    /// How often trueup run makes a full pass for tenants that do not set it, whatever happens; 1h when left out
    pub(super) every: Option<WrittenDuration>,
}

/// One ConnectWise instance with its mapping repository and usage sources
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantDocument {
    /// Where the mappings are
    pub(super) repository: RepositoryDocument,
    /// How ConnectWise is reached
    pub(super) connectwise: ConnectWiseDocument,
    /// The usage sources by name; mapping files call them by it
    pub(super) sources: BTreeMap<String, SourceDocument>,
    /// The times of the write protocol for this tenant
    pub(super) writes: Option<WritesDocument>,
    /// How often trueup run makes a full pass for this tenant, whatever happens
    pub(super) every: Option<WrittenDuration>,
}

/// How ConnectWise is reached
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectWiseDocument {
    /// The API host, such as https://api-na.myconnectwise.net: scheme, host and port, and nothing else
    pub(super) site: Written,
    /// The login company
    pub(super) company: Written,
    /// The client id, as registered with ConnectWise
    pub(super) client_id: SecretDocument,
    /// The public key of the API member
    pub(super) public_key: SecretDocument,
    /// The private key of the API member
    pub(super) private_key: SecretDocument,
    /// The keys of a second API member, used for writing alone; then the first needs no right to edit
    pub(super) write_keys: Option<WriteKeysDocument>,
    /// A private certificate authority in PEM, trusted beside those of the system; relative to this file
    pub(super) ca_file: Option<Written>,
    /// The most requests that one process makes in any 60 seconds; 800 when left out, since more than 1000 of one API member are throttled
    #[schemars(range(min = 20, max = 10_000))]
    pub(super) requests_a_minute: Option<u32>,
    /// How many reads are under way at once in the beginning; 4 when left out. Good answers raise it to twice as many
    #[schemars(range(min = 1, max = 16))]
    pub(super) reads_at_once: Option<u32>,
    /// Whether the name of the site may mean a private address, as that of a server in one's own network does; false when left
    /// out. An address that is written as such is always allowed
    pub(super) allow_private_addresses: Option<bool>,
    /// The proxy on the way to it, such as http://proxy.example:3128; the one of all tenants when left out. The environment
    /// names none, and a site on this machine is reached without
    pub(super) proxy: Option<Written>,
    /// What the proxy asks for
    pub(super) proxy_login: Option<ProxyLoginDocument>,
}

/// What a proxy asks for
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProxyLoginDocument {
    /// The user name
    pub(super) username: Written,
    /// The password
    pub(super) password: SecretDocument,
}

/// The keys of the API member that writes
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WriteKeysDocument {
    /// Its public key
    pub(super) public_key: SecretDocument,
    /// Its private key
    pub(super) private_key: SecretDocument,
}

/// Where a secret is kept; it never stands in this file
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SecretDocument {
    /// A file that only its owner may read (mode 0600 or stricter); relative to this file
    File(Written),
    /// An environment variable
    Env(Written),
}

/// A usage source
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SourceDocument {
    /// A CSV file, one row an account
    Csv(CsvDocument),
    /// A JSON document
    Json(JsonDocument),
}

/// A CSV file, one row an account
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CsvDocument {
    /// The accounts file; relative to this file
    pub(super) path: Written,
    /// The seats file; relative to this file
    pub(super) seats: Option<Written>,
    /// Extra columns that are metrics for metered rows: sizes where they end in _bytes or _gb, else counts
    #[serde(default)]
    pub(super) metrics: Vec<Written>,
}

/// A JSON document
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonDocument {
    /// The file; relative to this file
    pub(super) path: Written,
}

/// The times of the write protocol. The defaults suit the ConnectWise cloud
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WritesDocument {
    /// How long a request may take; 30s when left out
    pub(super) request_timeout: Option<WrittenDuration>,
    /// A write that is not on its way this long after its line was read again is not sent at all; 5s when left out
    pub(super) send_by: Option<WrittenDuration>,
    /// How late a request may still land after it was sent; 3m when left out
    pub(super) latest_landing: Option<WrittenDuration>,
    /// How far reads may lag behind writes; 1m when left out
    pub(super) read_lag: Option<WrittenDuration>,
    /// How long after the send-by time a read tells for sure; longer than latest_landing and read_lag together; 5m when
    /// left out
    pub(super) settle: Option<WrittenDuration>,
}

/// A text that is never empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Written(pub(super) String);

/// A duration such as `30s`, checked where its place is known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct WrittenDuration(pub(super) String);

macro_rules! inline_schema {
    ($($name:ident: $schema:tt)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

inline_schema! {
    Written: { "type": "string", "minLength": 1 }
    WrittenDuration: { "type": "string", "pattern": "^([0-9]+h ?)?([0-9]+m ?)?([0-9]+s)?$" }
}
