//! Reads the columns of a row by the types in the answer, so that tables may use different types: a time may be a `timestamp` with
//! or without a time zone, a `date` or a text, and is the instant that a Node process in UTC reads.

use std::{error::Error, net::IpAddr};

use jiff::{SignedDuration, Timestamp, civil};
use tokio_postgres::{
    Row,
    types::{FromSql, Type},
};

use super::{StoreError, times};

/// Reads the text in a column; `None` if it is NULL.
///
/// # Errors
/// [`StoreError::Failed`] if the row has no such column, or if the binary form of the column's type is not text.
pub(crate) fn text(row: &Row, at: usize) -> Result<Option<String>, StoreError> {
    Ok(row.try_get::<_, Option<Text>>(at)?.map(|text| text.0))
}

/// Reads the text in a column, which is empty if the column is NULL.
///
/// # Errors
/// Those of [`text`].
pub(crate) fn filled_text(row: &Row, at: usize) -> Result<String, StoreError> {
    Ok(text(row, at)?.unwrap_or_default())
}

/// Reads the instant in a column; `None` if it is NULL or a text that is not a time. `infinity` is the last possible instant.
///
/// # Errors
/// [`StoreError::Failed`] if the row has no such column.
pub(crate) fn instant(row: &Row, at: usize) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<_, Option<Instant>>(at)?.and_then(|instant| instant.0))
}

/// Reads the instant at which something ends: 1970 if the column has none, as JavaScript compares `null`.
///
/// # Errors
/// Those of [`instant`].
pub(super) fn expiry(row: &Row, at: usize) -> Result<Timestamp, StoreError> {
    Ok(instant(row, at)?.unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Reads a flag; `None` if it is NULL. A text is true if it is one of PostgreSQL's words for true, with nothing but spaces around
/// it, as statements read it (`mailed::UNCONFIRMED`).
///
/// # Errors
/// [`StoreError::Failed`] if the row has no such column.
pub(crate) fn flag(row: &Row, at: usize) -> Result<Option<bool>, StoreError> {
    Ok(row.try_get::<_, Option<Flag>>(at)?.map(|flag| flag.0))
}

type Unreadable = Box<dyn Error + Sync + Send>;

struct Text(String);

impl<'a> FromSql<'a> for Text {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Self, Unreadable> {
        if *column == Type::INET || *column == Type::CIDR {
            return address(raw).map(Self).ok_or_else(|| "not a network address".into());
        }
        Ok(Self(std::str::from_utf8(raw)?.to_owned()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Writes a network address from its binary form: family, bits of the mask, whether it is a network, the number of bytes, the
/// bytes.
fn address(raw: &[u8]) -> Option<String> {
    let (&[_, mask, is_network, _], bytes) = raw.split_at_checked(4)? else { return None };
    let (address, bits) = match bytes.len() {
        4 => (IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?), 32),
        _ => (IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?), 128),
    };
    Some(if is_network == 0 && mask == bits { address.to_string() } else { format!("{address}/{mask}") })
}

struct Instant(Option<Timestamp>);

impl<'a> FromSql<'a> for Instant {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Self, Unreadable> {
        Ok(Self(match *column {
            Type::TIMESTAMP | Type::TIMESTAMPTZ => Some(after_2000(i64::from_sql(&Type::INT8, raw)?)),
            Type::DATE => Some(after_2000(i64::from(i32::from_sql(&Type::INT4, raw)?).saturating_mul(86_400_000_000))),
            // A text that statements cannot compare is no instant here either: otherwise its session would survive when all others
            // end.
            _ => std::str::from_utf8(raw).ok().filter(|text| times::is_comparable(text)).and_then(parsed),
        }))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Returns the instant that lies this many microseconds after 2000-01-01, which is how PostgreSQL counts, limited to the years that
/// a `Timestamp` can have.
fn after_2000(microseconds: i64) -> Timestamp {
    const YEAR_2000: Timestamp = Timestamp::constant(946_684_800, 0);
    let moved = YEAR_2000.checked_add(SignedDuration::from_micros(microseconds));
    moved.unwrap_or(if microseconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// Parses an instant; a text without an offset is in UTC.
pub(super) fn parsed(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let with_offset = || text.parse::<Timestamp>().ok();
    let in_utc =
        || text.parse::<civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp());
    with_offset().or_else(in_utc)
}

struct Flag(bool);

impl<'a> FromSql<'a> for Flag {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Self, Unreadable> {
        Ok(Self(match *column {
            Type::BOOL => raw == [1],
            Type::INT2 | Type::INT4 | Type::INT8 => raw.iter().any(|byte| *byte != 0),
            // Cast to text, the column is hexadecimal digits, which statements do not read as true.
            Type::BYTEA => false,
            _ => std::str::from_utf8(raw).is_ok_and(|text| {
                let word = text.trim_matches(' ').to_ascii_lowercase();
                ["t", "true", "y", "yes", "on", "1"].contains(&word.as_str())
            }),
        }))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(column: &Type, raw: &[u8]) -> Option<String> {
        Instant::from_sql(column, raw).unwrap().0.map(|at| format!("{at:.3}"))
    }

    #[test]
    fn a_time_means_the_same_instant_in_a_column_of_any_type() {
        let microseconds = 631_249_445_678_000_i64.to_be_bytes();
        for column in [Type::TIMESTAMP, Type::TIMESTAMPTZ] {
            assert_eq!(at(&column, &microseconds).unwrap(), "2020-01-02T03:04:05.678Z");
        }
        assert_eq!(at(&Type::DATE, &7_306_i32.to_be_bytes()).unwrap(), "2020-01-02T00:00:00.000Z");
        for text in ["2020-01-02T03:04:05.678+00:00", "2020-01-02 03:04:05.678", "2020-01-01 22:04:05.678-05"] {
            assert_eq!(at(&Type::TEXT, text.as_bytes()).as_deref(), Some("2020-01-02T03:04:05.678Z"), "{text}");
        }
        assert_eq!(at(&Type::TEXT, b"soon"), None);
        assert_eq!(at(&Type::TIMESTAMP, &i64::MAX.to_be_bytes()).unwrap(), format!("{:.3}", Timestamp::MAX));
    }

    #[test]
    fn a_flag_is_read_from_words_and_numbers_too() {
        let says = |column: &Type, raw: &[u8]| Flag::from_sql(column, raw).unwrap().0;
        assert!(says(&Type::BOOL, &[1]) && says(&Type::TEXT, b"true") && says(&Type::INT4, &[0, 0, 0, 1]));
        assert!(!says(&Type::BOOL, &[0]) && !says(&Type::VARCHAR, b"false") && !says(&Type::INT2, &[0, 0]));
    }

    #[test]
    fn a_flag_says_yes_only_where_a_statement_reads_it_so() {
        let says = |column: &Type, raw: &[u8]| Flag::from_sql(column, raw).unwrap().0;
        assert!(says(&Type::TEXT, b" True ") && says(&Type::BPCHAR, b"t    "));
        for text in ["\ttrue", "true\n", "t\r", "\u{c}1", "\u{a0}t"] {
            assert!(!says(&Type::TEXT, text.as_bytes()), "{text:?}");
        }
        assert!(!says(&Type::BYTEA, b"t"));
    }

    #[test]
    fn an_address_is_written_as_postgresql_writes_it() {
        let read = |raw: &[u8]| Text::from_sql(&Type::INET, raw).unwrap().0;
        assert_eq!(read(&[2, 32, 0, 4, 10, 0, 0, 1]), "10.0.0.1");
        assert_eq!(read(&[2, 8, 0, 4, 10, 0, 0, 0]), "10.0.0.0/8");
        assert!(Text::from_sql(&Type::INET, &[2, 32]).is_err());
    }
}
