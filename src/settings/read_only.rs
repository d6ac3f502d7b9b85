//! Whether the operator forbade this process all writes to ConnectWise.

use std::env;
use std::ffi::OsStr;

/// Whether `TRUEUP_READ_ONLY` is set, to anything but `0`: whoever sets it means it.
#[must_use]
pub fn is_read_only() -> bool {
    env::var_os("TRUEUP_READ_ONLY").is_some_and(|value| forbids(&value))
}

fn forbids(value: &OsStr) -> bool {
    !value.is_empty() && value != "0"
}

#[cfg(test)]
mod tests {
    use super::forbids;

    #[test]
    fn anything_but_nothing_and_0_forbids_writes() {
        assert_eq!(
            ["1", "true", "no", "0", ""].map(|value| forbids(value.as_ref())),
            [true, true, true, false, false]
        );
    }
}
