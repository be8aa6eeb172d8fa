//! Additional fields of every type in columns of every type: what better-auth takes, stores and answers, gatepost does.

use serde_json::{Map, Value, json};

use super::real_schemas::{self, Schema, Target, comparison};

/// Types of columns, by the names that the fields carry.
const COLUMNS: [(&str, &str); 27] = [
    ("text", "text"),
    ("varchar", "varchar(5)"),
    ("char", "char(3)"),
    ("domain", "address"),
    ("uuid", "uuid"),
    ("enum", "kind"),
    ("smallint", "smallint"),
    ("integer", "integer"),
    ("bigint", "bigint"),
    ("numeric", "numeric"),
    ("money", "numeric(10, 2)"),
    ("real", "real"),
    ("double", "double precision"),
    ("boolean", "boolean"),
    ("json", "json"),
    ("jsonb", "jsonb"),
    ("texts", "text[]"),
    ("integers", "integer[]"),
    ("bytea", "bytea"),
    ("inet", "inet"),
    ("date", "date"),
    ("time", "time"),
    ("timestamp", "timestamp"),
    ("timestamptz", "timestamptz"),
    ("seconds", "timestamptz(0)"),
    ("interval", "interval"),
    ("generated", "text generated always as ('made') stored"),
];

/// Types of fields, by the names that the fields carry.
const TYPES: [(&str, &str); 8] = [
    ("string", "\"string\""),
    ("number", "\"number\""),
    ("boolean", "\"boolean\""),
    ("date", "\"date\""),
    ("json", "\"json\""),
    ("strings", "\"string[]\""),
    ("numbers", "\"number[]\""),
    ("a_b", "[\"a\", \"b\"]"),
];

/// better-auth's own tables with a column for each pair of the two.
fn schema() -> Schema {
    let mut schema = Schema::new("pool-1.7");
    let (mut toml, mut fields) = (String::from("[user.additional_fields]\n"), Map::new());
    schema.sql += "create type kind as enum ('a', 'b'); create domain address as text check (value like '%@%');";
    for (name, kind) in TYPES {
        for (column, sql) in COLUMNS {
            let field = format!("{name}__{column}");
            schema.sql += &format!("alter table \"user\" add column \"{field}\" {sql};");
            toml += &format!("{field} = {{ type = {kind}, required = false }}\n");
            let kind: Value = serde_json::from_str(kind).unwrap();
            fields.insert(field, json!({ "type": kind, "required": false }));
        }
    }
    schema.toml = real_schemas::read("common.toml") + &toml;
    schema.options = json!({ "user": { "additionalFields": fields } }).to_string();
    schema
}

fn compared(only: &[&str]) -> Result<String, String> {
    comparison(&schema(), "America/New_York", Target::asked_for(), "fields", only)
}

#[test]
#[ignore = "it takes more than a minute: .ci/again additional_fields"]
fn additional_fields_in_any_column_are_the_same_as_on_better_auth() {
    compared(&["changed", "at sign-up"]).unwrap_or_else(|said| panic!("{said}"));
}

#[test]
fn what_differs_in_additional_fields_on_purpose_does() {
    let said = compared(&["known: "]).unwrap_err();
    assert!(said.contains("0 passed, 3 failed"), "{said}");
}
