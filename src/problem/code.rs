//! The one list of stable codes. Add to it; never change a meaning.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What kind of thing a code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// A line, or what a problem touches, is left as it is.
    Hold,
    /// Told; nothing is held.
    Note,
    /// A file that people write cannot be used as it stands.
    Input,
}

/// What a hold doubts. A pin answers doubts about the number and no others (billing.md, Pins).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Whose, how much, or counted how.
    Number,
    /// Which addition, or whether there is one.
    Line,
    /// The size, the money or the time of the change.
    Guard,
}

macro_rules! codes {
    ($($kind:ident { $($name:ident $text:literal $($concern:ident)?),+ $(,)? })+) => {
        /// A stable code (documents.md, Codes).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "`trueup explain CODE` holds a page for each; a test checks it")]
        pub enum Code { $($($name),+),+ }

        impl Code {
            /// Every code, holds first.
            pub const ALL: &'static [Self] = &[$($(Self::$name),+),+];

            /// The code as people read and type it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$name => $text),+),+ }
            }

            /// Its page as written; a code without a page does not compile.
            pub(super) fn page_text(self) -> &'static str {
                match self { $($(Self::$name => include_str!(concat!("pages/", $text, ".md"))),+),+ }
            }

            /// What kind of thing it tells.
            #[must_use]
            pub fn kind(self) -> CodeKind {
                match self { $($(Self::$name => CodeKind::$kind),+),+ }
            }

            /// What it doubts, for holds.
            #[must_use]
            pub fn concern(self) -> Option<Concern> {
                match self { $($(Self::$name => codes!(@concern $($concern)?)),+),+ }
            }
        }
    };
    (@concern) => { None };
    (@concern $concern:ident) => { Some(Concern::$concern) };
}

codes! {
    Hold {
        UnlinkedAccount "unlinked_account" Number,
        AmbiguousCompany "ambiguous_company" Number,
        SharedCompany "shared_company" Number,
        UnmappedPlan "unmapped_plan" Number,
        UnknownLevel "unknown_level" Number,
        AmbiguousCrossReference "ambiguous_cross_reference" Line,
        UnknownProduct "unknown_product" Line,
        UnknownIntegration "unknown_integration" Line,
        UnknownAgreementType "unknown_agreement_type" Line,
        UsageUnknown "usage_unknown" Number,
        UsageRejected "usage_rejected" Number,
        UsageStale "usage_stale" Number,
        UsageIncomplete "usage_incomplete" Number,
        UsageEmpty "usage_empty" Number,
        UnitShift "unit_shift" Number,
        UnknownBase "unknown_base" Number,
        AccountAbsent "account_absent" Number,
        NoAgreement "no_agreement" Line,
        AmbiguousAgreement "ambiguous_agreement" Line,
        MissingAddition "missing_addition" Line,
        AmbiguousAddition "ambiguous_addition" Line,
        QuantityUnknown "quantity_unknown" Line,
        CollidingLines "colliding_lines" Number,
        DoubleDeduction "double_deduction" Number,
        ExpectationFailed "expectation_failed" Number,
        ToZero "to_zero" Guard,
        LineChange "line_change" Guard,
        LineMoney "line_money" Guard,
        RunLines "run_lines" Guard,
        RunMoney "run_money" Guard,
        Window "window" Guard,
        PriceUnknown "price_unknown" Guard,
        HandEdit "hand_edit" Guard,
        AnotherWriter "another_writer" Guard,
        ConfigShrink "config_shrink" Guard,
        History "history" Guard,
        Sanity "sanity" Guard,
        ConcurrentChange "concurrent_change" Line,
        ViewIncomplete "view_incomplete" Line,
        Diverged "diverged" Line,
        InDoubt "in_doubt" Line,
    }
    Note {
        RowShadowed "row_shadowed",
        UnbilledMetric "unbilled_metric",
        FrozenAccount "frozen_account",
        FutureAddition "future_addition",
        OneOffAddition "one_off_addition",
        StatusDisagrees "status_disagrees",
        NotBillable "not_billable",
        Unmanaged "unmanaged",
        LateLanding "late_landing",
        Renamed "renamed",
        Pinned "pinned",
        PinUnmatched "pin_unmatched",
        Expired "expired",
        WaiverUnused "waiver_unused",
        GuardLoosened "guard_loosened",
        Freeze "freeze",
        FileIgnored "file_ignored",
        DuplicateUsage "duplicate_usage",
    }
    Input {
        Unreadable "unreadable",
        NotUtf8 "not_utf8",
        TooLarge "too_large",
        HiddenCharacter "hidden_character",
        Syntax "syntax",
        YamlFeature "yaml_feature",
        DuplicateKey "duplicate_key",
        UnknownKey "unknown_key",
        MissingKey "missing_key",
        WrongType "wrong_type",
        UnquotedScalar "unquoted_scalar",
        InvalidValue "invalid_value",
        DuplicateRow "duplicate_row",
        DuplicatePolicy "duplicate_policy",
        ForeignText "foreign_text",
        MissingSource "missing_source",
        IntegrationAndCrossReferences "integration_and_cross_references",
        WaiverTooLong "waiver_too_long",
        WaiverIncomplete "waiver_incomplete",
        EmptyMapping "empty_mapping",
        SpecialFile "special_file",
        SecretInFile "secret_in_file",
        SecretFileMode "secret_file_mode",
        SecretMissing "secret_missing",
        InsecureSite "insecure_site",
        UnsignedCommit "unsigned_commit",
        UsageFile "usage_file",
        UsageManifest "usage_manifest",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// No code has this text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no code is called {0:?}")]
pub struct UnknownCode(pub String);

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|code| code.as_str() == text);
        found.copied().ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
