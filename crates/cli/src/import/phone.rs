//! The functions of the plugin `phoneNumber`: what sends text messages, and the patterns that make an address and a name of a number.

use gatepost_import::{
    syntax::{Expr, Item, Key, Kind, Pattern, Stmt},
    value::{Value, ValueKind},
};

use super::{
    carry::Carrier,
    draft::quoted,
    report::{Class, Variable},
};

const SECTION: &str = "phone_number";
const SIGN_UP: &str = "phone_number.sign_up_on_verification";
const SMS: &str = "twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=NUMBER, or webhook+https://SECRET@host/path to keep the code of \
                   the project's function";

/// Reads an option of the plugin that no key carries by itself. Returns whether it did.
pub(super) fn read(carrier: &mut Carrier<'_>, shown: &str, section: &str, option: &str, value: &Value) -> bool {
    if section != SECTION {
        return false;
    }
    match option {
        "sendOTP" | "sendPasswordResetOTP" => sends(carrier, shown, value),
        "signUpOnVerification" if value.object().is_some() => signs_up(carrier, shown, value),
        _ => return false,
    }
    true
}

/// A function that sends codes. The key is on by itself.
fn sends(carrier: &mut Carrier<'_>, shown: &str, value: &Value) {
    let says = format!("SMS_URL replaces this function: {SMS}; `phone_number.message` is the text");
    carrier.add(shown, value.at, Class::Replaced, says);
    if !carrier.variables.iter().any(|variable| variable.name == "SMS_URL") {
        carrier.variables.push(Variable { name: "SMS_URL".to_owned(), from: Vec::new(), says: SMS.to_owned() });
    }
}

fn signs_up(carrier: &mut Carrier<'_>, shown: &str, value: &Value) {
    let members: Vec<_> =
        value.object().map(|object| object.holding().into_iter().cloned().collect()).unwrap_or_default();
    let mut has_address = false;
    for member in members {
        let shown = format!("{shown}.{}", member.key);
        let Some(found) = carrier.decided(&shown, &member) else { continue };
        let key = match member.key.as_str() {
            "getTempEmail" => "temp_email",
            "getTempName" => "temp_name",
            _ => {
                carrier.not_understood(&shown, &found);
                continue;
            }
        };
        match pattern(&found) {
            Some(pattern) => {
                has_address |= key == "temp_email";
                carrier.write(&shown, found.at, (SIGN_UP, key), &quoted(&pattern), "");
            }
            None => {
                let says = format!("a function that is more than a pattern; write `{key}` in `[{SIGN_UP}]`");
                carrier.add(&shown, found.at, Class::NotUnderstood, says).decide = true;
            }
        }
    }
    if has_address {
        carrier.line(SIGN_UP, "enabled", "true", None);
    } else {
        carrier.proposed(SIGN_UP, "enabled", "true", "needs `temp_email`");
    }
}

/// The pattern of a function that puts its argument, or the digits of it, between texts.
fn pattern(value: &Value) -> Option<String> {
    let ValueKind::Closure(closure) = &value.what else { return None };
    let [(Pattern::Name(parameter), None)] = closure.function.params.as_slice() else { return None };
    let [Stmt::Return(Some(result), _)] = closure.function.body.as_ref() else { return None };
    text(result, parameter).filter(|pattern| pattern.contains('{'))
}

fn text(expr: &Expr, parameter: &str) -> Option<String> {
    let is_parameter = |expr: &Expr| matches!(&expr.kind, Kind::Name(name) if name == parameter);
    Some(match &expr.kind {
        Kind::Text(text) => text.clone(),
        Kind::Name(_) if is_parameter(expr) => "{phone_number}".to_owned(),
        Kind::Binary("+", left, right) => text(left, parameter)? + &text(right, parameter)?,
        Kind::Template(texts, values) => {
            let mut all = String::new();
            for (at, part) in texts.iter().enumerate() {
                all.push_str(part);
                if let Some(value) = values.get(at) {
                    all.push_str(&text(value, parameter)?);
                }
            }
            all
        }
        // What takes the `+` away: `number.slice(1)`, `number.replace("+", "")` or `number.replace(/\D/g, "")`.
        Kind::Call(callee, arguments, false) => match &callee.kind {
            Kind::Member(object, Key::Name(method)) if is_parameter(object) && takes_plus_away(method, arguments) => {
                "{digits}".to_owned()
            }
            _ => return None,
        },
        _ => return None,
    })
}

fn takes_plus_away(method: &str, arguments: &[Item]) -> bool {
    match (method, arguments) {
        ("slice" | "substring", [from]) => matches!(from.expr().kind, Kind::Number(1.0)),
        ("replace" | "replaceAll", [what, with]) => {
            let is_nothing = matches!(&with.expr().kind, Kind::Text(text) if text.is_empty());
            let is_plus = match &what.expr().kind {
                Kind::Text(text) => text == "+",
                Kind::Regex(text) => {
                    ["/\\D/g", "/[^0-9]/g", "/^\\+/", "/\\+/", "/\\+/g", "/[^\\d]/g"].contains(&text.as_str())
                }
                _ => false,
            };
            is_nothing && is_plus
        }
        _ => false,
    }
}
