//! The grammar of cells. An empty cell is unknown, never 0; what does not fit the grammar rejects its account.

use rust_decimal::Decimal;

use crate::billing::Size;
use crate::usage::{AccountKind, AccountStatus, Base};

/// Why a cell was refused: the sentence after `column "cell"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) what: &'static str,
    pub(super) hint: &'static str,
}

/// The last row of a file that ends without a line break.
pub(super) const CUT: Refusal = Refusal {
    what: "the file ends in this row without a line break, so its last number may be cut off",
    hint: "export it again; a manifest beside the file would prove that it is complete",
};

const DIGITS: &str = "write digits only, such as 1234: no sign, separator, exponent or blank";

/// A whole number in digits.
pub(super) fn count(cell: &str) -> Result<Option<u64>, Refusal> {
    if cell.is_empty() {
        return Ok(None);
    }
    if !cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal { what: "is not a whole number", hint: DIGITS });
    }
    let too_large = Refusal { what: "is too large", hint: "no account has that much; check the export" };
    cell.parse().map(Some).map_err(|_| too_large)
}

/// Whole bytes.
pub(super) fn bytes(cell: &str) -> Result<Option<Size>, Refusal> {
    Ok(count(cell)?.map(Size::Bytes))
}

/// Gigabytes: digits, and a point between digits.
pub(super) fn gigabytes(cell: &str) -> Result<Option<Size>, Refusal> {
    let refusal = Refusal {
        what: "is not a number",
        hint: "write digits with at most one point, such as 12.5: no sign, comma, exponent or blank",
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match cell.split_once('.') {
        None if cell.is_empty() => return Ok(None),
        None => digits(cell),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
    };
    if !fits {
        return Err(refusal);
    }
    let exact = Refusal { what: "has more digits than can be kept exactly", hint: "28 digits are kept" };
    let value = Decimal::from_str_exact(cell).map_err(|_| exact)?;
    Ok(Some(Size::Gigabytes(value.normalize())))
}

/// A base plan size: a size, or the word for everything.
pub(super) fn base(
    cell: &str,
    size: fn(&str) -> Result<Option<Size>, Refusal>,
) -> Result<Option<Base>, Refusal> {
    match cell {
        "unlimited" => Ok(Some(Base::Unlimited)),
        cell => Ok(size(cell)?.map(Base::Size)),
    }
}

/// A kind, spelled as the vendor does. An empty cell is an unknown kind.
pub(super) fn kind(cell: &str) -> Result<AccountKind, Refusal> {
    match cell {
        "ACCOUNT" => Ok(AccountKind::Account),
        "PARTNER" => Ok(AccountKind::Partner),
        _ => Err(Refusal {
            what: "is no kind",
            hint: "write ACCOUNT or PARTNER, or leave the whole column out",
        }),
    }
}

/// A status, spelled as the vendor does. An empty cell is an unknown status.
pub(super) fn status(cell: &str) -> Result<AccountStatus, Refusal> {
    let hint = "write ACTIVE, TEST, FROZEN or CANCELED, or leave the whole column out";
    match cell {
        "ACTIVE" => Ok(AccountStatus::Active),
        "TEST" => Ok(AccountStatus::Test),
        "FROZEN" => Ok(AccountStatus::Frozen),
        "CANCELED" => Ok(AccountStatus::Canceled),
        _ => Err(Refusal { what: "is no status", hint }),
    }
}

/// A cell as a message shows it: quoted, and cut where it is long.
pub(super) fn shown(cell: &str) -> String {
    const LONGEST: usize = 40;
    match cell.char_indices().nth(LONGEST) {
        None => format!("{cell:?}"),
        Some((cut, _)) => format!("{:?}…", &cell[..cut]),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, count, gigabytes, shown};
    use crate::billing::Size;

    #[test]
    fn only_digits_are_numbers() {
        for cell in [
            "1,234",
            "1.234,5",
            "1 234",
            " 1",
            "1 ",
            "+1",
            "-1",
            "-0",
            "1e3",
            "1E3",
            "0x1F",
            "NaN",
            "inf",
            "N/A",
            "١٢",
            "\u{ff11}\u{ff12}",
            "½",
            "1_000",
            "12.",
            ".5",
            "1.2.3",
            "null",
            "\u{a0}5",
            "1\n",
        ] {
            assert!(count(cell).is_err(), "{cell:?} was read as a count");
            assert!(gigabytes(cell).is_err(), "{cell:?} was read as gigabytes");
        }
        assert!(count("12.0").is_err());
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        assert_eq!(count("0"), Ok(Some(0)));
        assert_eq!(bytes("18446744073709551615"), Ok(Some(Size::Bytes(u64::MAX))));
        assert!(bytes("18446744073709551616").is_err());
        assert_eq!(gigabytes("80.250"), Ok(Some(Size::Gigabytes("80.25".parse().unwrap()))));
        assert!(gigabytes("0.12345678901234567890123456789").is_err());
        assert!(gigabytes(&"9".repeat(400)).is_err());
    }

    #[test]
    fn empty_is_unknown_and_never_zero() {
        assert_eq!((count(""), bytes(""), gigabytes("")), (Ok(None), Ok(None), Ok(None)));
    }

    #[test]
    fn long_cells_are_cut_between_letters() {
        assert_eq!(shown(&"ä".repeat(50)), format!("\"{}\"…", "ä".repeat(40)));
    }
}
