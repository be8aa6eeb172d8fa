//! Times as statements compare and sort them. A table of another author's may hold them in columns of text, in several forms:
//! Node's driver writes the local time of its process with an offset. Compared as texts they would be in the wrong order.

/// What the database says first where a statement compares a column of text: it has no such function for texts.
pub(super) const GUARD: &str = "isfinite";

/// A column as statements compare it, where times are times. It is the column itself to the planner, which folds the case away
/// and uses an index as ever; a column of another type than a time is refused when the statement is read, before anything is done.
pub(super) fn of_type(column: &str) -> String {
    format!("case when true or {GUARD}({column}) then {column} end")
}

/// The instant in a column of any type, as [`super::column`] reads it: a text without an offset is in UTC. A text that is no time
/// is NULL, and fails no statement.
pub(super) fn of_any_type(column: &str) -> String {
    const DAY: &str = "(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    const HOUR: &str = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?";
    const OFFSET: &str = "([Zz]|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)";
    // As JSON a time has one form, whatever the server's settings are; one with a time zone has its offset.
    format!(
        "(select case when t ~ '^{DAY}([Tt ]{HOUR} ?{OFFSET}?)?$'
            then case when substr(t, 9, 2)::integer <= extract(day from (left(t, 7) || '-01')::date + interval '1 month - 1 day')
                then (t || case when t ~ ':.*{OFFSET}$' then '' when t ~ ':' then 'Z' else ' 00:00Z' end)::timestamptz end
            end from (select trim(to_json({column}) #>> '{{}}')) as told (t))"
    )
}
