//! Reads single values of `gatepost.toml`: texts, numbers, durations, and any value as JSON.

use serde_json::Value;
use toml::de::DeValue;

/// How a message describes a list of texts.
pub(super) const LIST: &str = "a list of texts, like [\"a\", \"b\"]";

/// Reads a list of texts.
pub(super) fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

/// Returns a value as JSON has it.
pub(super) fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Integer(_) => integer(value).map_or(Value::Null, Value::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Datetime(instant) => Value::from(instant.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => {
            table.iter().map(|(name, value)| (name.get_ref().to_string(), json(value.get_ref()))).collect()
        }
    }
}

/// Reads a whole number in any notation of TOML.
pub(super) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// Reads a duration in whole seconds, a number or a text.
pub(super) fn seconds(value: &DeValue<'_>) -> Option<u32> {
    match value.as_str() {
        Some(text) => duration(text),
        None => u32::try_from(integer(value)?).ok(),
    }
}

/// Seconds of a text like "7d"; a bare number is seconds too.
pub fn duration(text: &str) -> Option<u32> {
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit.trim() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_or_a_number_with_a_unit() {
        for (text, seconds) in
            [("7d", 604_800), ("12h", 43_200), ("30m", 1_800), ("45s", 45), ("45", 45), ("1w", 604_800)]
        {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        for text in ["", "d", "7 days", "-1d", "1.5h", "99999999999d", "4294967295w"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
