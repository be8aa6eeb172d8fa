//! Additional fields of organizations and what belongs to them: a request without a required value is 400, and the client reads
//! better-auth's words about a wrong one.

use serde_json::{Value, json};

use super::organizations::Club;
use crate::support::http::{Answer, refused};

const ALL: [&str; 5] = ["organization", "team", "member", "invitation", "organization_role"];
const FEATURES: &str = "[organization.teams]\nenabled = true\n[organization.dynamic_access_control]\nenabled = true\n";

/// A service without an organization, whose tables `models` have these additional fields.
fn club(models: &[&str], fields: &str, more: &str) -> Club {
    let sections: String =
        models.iter().map(|model| format!("[schema.{model}.additional_fields]\n{fields}\n")).collect();
    Club::bare(&format!("{FEATURES}{more}{sections}"))
}

#[track_caller]
fn invalid(answer: &Answer, message: &str) {
    refused(answer, 400, "VALIDATION_ERROR", "invalid_input");
    assert_eq!(answer.json()["message"], message);
}

fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_missing_required_field_is_no_failure_of_the_server() {
    for ids in ["", "[advanced.database]\ngenerate_id = \"uuid\"\n", "[advanced.database]\ngenerate_id = \"serial\"\n"]
    {
        let club = club(
            &["organization", "team", "invitation", "organization_role"],
            "label = { type = \"string\", required = true }",
            &format!("{ids}[organization.teams.default_team]\nenabled = false\n"),
        );
        let missing = "[body.label] Invalid input: expected string, received undefined";
        let body = json!({ "name": "Club", "slug": "club" });
        invalid(&club.post(&club.ada, "create", &body), missing);
        let label = json!({ "label": "x" });
        let id = club.done(&club.ada, "create", &with(body, &label)).json()["id"].clone();
        let of = |body: Value| with(body, &json!({ "organizationId": id }));
        let none = json!({ "label": null });
        let wrong = "[body.data.label] Invalid input: expected string, received null";
        invalid(&club.post(&club.ada, "update", &of(json!({ "data": none }))), wrong);

        let team = of(json!({ "name": "One" }));
        invalid(&club.post(&club.ada, "create-team", &team), missing);
        let team = club.done(&club.ada, "create-team", &with(team, &label)).json();
        let data = json!({ "teamId": team["id"], "data": of(none.clone()) });
        invalid(&club.post(&club.ada, "update-team", &data), wrong);

        let invitation = of(json!({ "email": "ben@example.com", "role": "member" }));
        invalid(&club.post(&club.ada, "invite-member", &invitation), missing);
        club.done(&club.ada, "invite-member", &with(invitation, &label));

        let role = of(json!({ "role": "editor", "permission": {} }));
        let missing = "[body.additionalFields.label] Invalid input: expected string, received undefined";
        invalid(&club.post(&club.ada, "create-role", &role), missing);
        invalid(&club.post(&club.ada, "create-role", &with(role.clone(), &json!({ "additionalFields": {} }))), missing);
        club.done(&club.ada, "create-role", &with(role, &json!({ "additionalFields": label })));
        invalid(&club.post(&club.ada, "update-role", &of(json!({ "roleName": "editor", "data": none }))), wrong);
    }
}

#[test]
fn a_default_stands_for_a_required_field_of_a_role() {
    let club =
        club(&["organization_role"], "label = { type = \"string\", required = true, default_value = \"new\" }", "");
    let id = club.done(&club.ada, "create", &json!({ "name": "Club", "slug": "club" })).json()["id"].clone();
    let role = json!({ "role": "editor", "permission": {}, "organizationId": id });
    assert_eq!(club.done(&club.ada, "create-role", &role).json()["roleData"]["label"], "new");
}

#[test]
fn a_field_that_no_request_can_give_is_no_failure_of_the_server_either() {
    let missing = "[body.seat] Invalid input: expected number, received undefined";
    let fields = "seat = { type = \"number\" }";
    let club = club(&["member"], fields, "");
    let body = json!({ "name": "Club", "slug": "club" });
    invalid(&club.post(&club.ada, "create", &body), missing);
    assert_eq!(club.database.value("select count(*) from organization"), "0");
    club.database.query("alter table member alter column seat set default 1");
    let id = club.done(&club.ada, "create", &body).json()["id"].clone();
    let ben = club.person("ben@example.com");
    let invitation = json!({ "email": "ben@example.com", "role": "member", "organizationId": id });
    let invitation = club.done(&club.ada, "invite-member", &invitation).json();
    club.database.query("alter table member alter column seat drop default");
    invalid(&club.post(&ben, "accept-invitation", &json!({ "invitationId": invitation["id"] })), missing);
    // The team that each organization gets has no value either, and neither has a hidden field.
    for (model, fields) in [("team", fields), ("organization", "seat = { type = \"number\", input = false }")] {
        let club = self::club(&[model], fields, "");
        invalid(&club.post(&club.ada, "create", &body), missing);
    }
}

#[test]
fn a_null_in_a_required_field_of_any_type_is_refused() {
    let fields = "plan = { type = \"json\" }\nsize = { type = [\"s\", \"l\"] }";
    let club = club(&["organization"], fields, "");
    let body = json!({ "name": "Club", "slug": "club", "plan": null, "size": null });
    let message = "[body.plan] Invalid input; [body.size] Invalid input: expected nonoptional, received null";
    invalid(&club.post(&club.ada, "create", &body), message);
    let made = club.done(&club.ada, "create", &with(body, &json!({ "plan": 1, "size": "s" }))).json();
    let update = json!({ "organizationId": made["id"], "data": { "plan": null } });
    invalid(&club.post(&club.ada, "update", &update), "[body.data.plan] Invalid input");
}

#[test]
fn a_wrong_type_of_an_additional_field_is_named_as_better_auth_names_it() {
    let fields = "s = { type = \"string\", required = false }\nn = { type = \"number\", required = false }\n\
                  b = { type = \"boolean\", required = false }\nd = { type = \"date\", required = false }\n\
                  l = { type = \"string[]\", required = false }\nm = { type = \"number[]\", required = false }";
    let club = club(&ALL, fields, "");
    let id = club.done(&club.ada, "create", &json!({ "name": "Club", "slug": "club" })).json()["id"].clone();
    let wrong = json!({ "s": 1, "n": "x", "b": {}, "d": 1, "l": "x", "m": [1, "a"] });
    let message = |place: &str| {
        [
            ("s", "string", "number"),
            ("n", "number", "string"),
            ("b", "boolean", "object"),
            ("d", "date", "number"),
            ("l", "array", "string"),
            ("m.1", "number", "string"),
        ]
        .map(|(name, expected, received)| {
            format!("[{place}.{name}] Invalid input: expected {expected}, received {received}")
        })
        .join("; ")
    };
    let body = |more: Value| with(with(more, &wrong), &json!({ "organizationId": id }));
    invalid(&club.post(&club.ada, "create", &body(json!({ "name": "B", "slug": "b" }))), &message("body"));
    invalid(&club.post(&club.ada, "create-team", &body(json!({ "name": "B" }))), &message("body"));
    let invitation = json!({ "email": "ben@example.com", "role": "member" });
    invalid(&club.post(&club.ada, "invite-member", &body(invitation)), &message("body"));
    let update = json!({ "organizationId": id, "data": wrong });
    invalid(&club.post(&club.ada, "update", &update), &message("body.data"));
    let role = json!({ "role": "r", "permission": {}, "organizationId": id, "additionalFields": wrong });
    invalid(&club.post(&club.ada, "create-role", &role), &message("body.additionalFields"));
}
