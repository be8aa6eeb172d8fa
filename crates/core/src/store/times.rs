//! Times as statements compare and sort them. A table made by another system may hold them in columns of text, in several forms:
//! Node's driver writes the local time of its process with an offset. Compared as texts they would be in the wrong order.

/// The function without a variant for text that the database names in its error when a statement compares a column of text.
pub(super) const GUARD: &str = "isfinite";

/// Returns a column as statements compare it if it has a type of time. The planner folds the case away, so it sees the column
/// itself and uses its indexes. The database refuses a column of another type when it parses the statement, before anything is
/// done.
pub(super) fn of_type(column: &str) -> String {
    format!("case when true or {GUARD}({column}) then {column} end")
}

/// Returns the instant in a column of any type, as [`super::column`] reads it: a text without an offset is in UTC. A text that is
/// not a time becomes NULL and fails no statement.
pub(super) fn of_any_type(column: &str) -> String {
    const DAY: &str = "(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    const HOUR: &str = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?";
    const OFFSET: &str = "([Zz]|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)";
    // As JSON, a time has one form regardless of the server's settings, and includes the offset if its type has a time zone.
    format!(
        "(select case when t ~ '^{DAY}([Tt ]{HOUR} ?{OFFSET}?)?$'
            then case when substr(t, 9, 2)::integer <= extract(day from (left(t, 7) || '-01')::date + interval '1 month - 1 day')
                then (t || case when t ~ ':.*{OFFSET}$' then '' when t ~ ':' then 'Z' else ' 00:00Z' end)::timestamptz end
            end from (select trim(to_json({column}) #>> '{{}}')) as told (t))"
    )
}

/// Whether [`of_any_type`] reads a text as an instant, except that days which do not exist count as well. A session look-up must
/// not read a time that the statements which list and end sessions do not read.
pub(super) fn is_comparable(text: &str) -> bool {
    let text = text.trim_matches(' ').as_bytes();
    let Some((day, rest)) = text.split_at_checked(10) else { return false };
    if !fits(day, "dddd-dd-dd") || rest.is_empty() {
        return rest.is_empty() && fits(day, "dddd-dd-dd");
    }
    let Some((minutes, rest)) = rest.split_at_checked(6) else { return false };
    let is_separated = minutes.first().is_some_and(|first| b"Tt ".contains(first));
    let (seconds, rest) = match rest.split_at_checked(3) {
        Some((seconds, rest)) if seconds.starts_with(b":") => (Some(seconds), rest),
        _ => (None, rest),
    };
    let has_seconds = seconds.is_none_or(|seconds| fits(seconds, ":dd") && seconds < b":60".as_slice());
    let rest = match rest.strip_prefix(b".").filter(|_| seconds.is_some()) {
        None => Some(rest),
        Some(fraction) => {
            let end = fraction.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(fraction.len());
            fraction.split_at_checked(end).filter(|(digits, _)| !digits.is_empty()).map(|(_, rest)| rest)
        }
    };
    is_separated && fits(minutes.get(1..).unwrap_or_default(), "dd:dd") && has_seconds && rest.is_some_and(is_offset)
}

/// Whether a text is empty, `Z`, or an offset of less than sixteen hours, with or without a space before it.
fn is_offset(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let Some((sign, digits)) = rest.split_first() else { return true };
    match sign {
        b'Z' | b'z' => digits.is_empty(),
        b'+' | b'-' => ["dd", "dddd", "dd:dd"].iter().any(|shape| fits(digits, shape)) && digits < b"16".as_slice(),
        _ => false,
    }
}

/// Whether a text has this shape, in which `d` is any digit.
fn fits(text: &[u8], shape: &str) -> bool {
    let is_one = |(byte, wanted): (&u8, u8)| if wanted == b'd' { byte.is_ascii_digit() } else { *byte == wanted };
    text.len() == shape.len() && text.iter().zip(shape.bytes()).all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_an_instant_only_where_a_statement_reads_it_so() {
        for text in [
            "2999-01-01",
            " 2999-01-01 ",
            "2999-01-01 00:00",
            "2999-01-01T00:00Z",
            "2999-01-01t00:00:00z",
            "2999-01-01 00:00:00.123456",
            "2999-01-01T00:00:00.000+00:00",
            "2999-01-01 00:00:00-05",
            "2999-01-01 00:00:00+1559",
        ] {
            assert!(is_comparable(text), "{text}");
        }
        for text in [
            "",
            "infinity",
            "2999",
            "2999-01-01T",
            "2999-01-01T00Z",
            "2999-01-01T00:00:60Z",
            "2999-01-01T00:00:00,5Z",
            "2999-01-01T00:00:00.Z",
            "2999-01-01T00:00.5Z",
            "2999-01-01T00:00:00+16:00",
            "2999-01-01T00:00:00+23:59",
            "2999-01-01T00:00:00Z[UTC]",
            "2999-01-01T00:00:00[Europe/Berlin]",
            "+002999-01-01T00:00:00Z",
            "29990101T000000Z",
            "\t2999-01-01T00:00:00Z",
            "2999-01-01_00:00:00",
            "2999-01-01Ü00:00",
        ] {
            assert!(!is_comparable(text), "{text}");
        }
    }
}
