//! Conditions under which an option is there.

use gatepost_import::value::{Property, Value, ValueKind};

/// Whether a condition only asks whether the variables of the value are there.
pub(super) fn is_own(test: &Value, value: &Value) -> bool {
    let (asked, own) = (test.variables(), value.variables());
    !asked.is_empty() && asked.iter().all(|name| own.contains(name)) && only_asks(test, 0)
}

/// Providers under a condition: each is there under that condition.
pub(super) fn pushed_down(member: &Property) -> Option<Value> {
    let condition = member.condition.as_ref()?;
    let mut object = member.value.object()?.as_ref().clone();
    for inner in &mut object.members {
        inner.condition = inner.condition.take().or_else(|| Some(condition.clone()));
    }
    Some(ValueKind::Object(object.into()).at(member.value.at))
}

/// Whether a condition only asks whether variables are there.
pub(super) fn only_asks(test: &Value, depth: usize) -> bool {
    match &test.what {
        ValueKind::Variable(..) | ValueKind::Boolean(_) | ValueKind::Text(_) | ValueKind::Undefined => true,
        ValueKind::Choice(choice) if depth < 10 => {
            [&choice.test, &choice.yes, &choice.no].into_iter().all(|part| only_asks(part, depth + 1))
        }
        _ => false,
    }
}
