//! A statement as it is sent: its text, and the value that each of its parameters stands for.

use std::{borrow::Cow, ops::Range, sync::OnceLock};

use serde_json::{Map, Value};

use super::{
    Param,
    param::{SentValue, of_condition},
    stored::Call,
};

/// A statement whose placeholders are filled in. Each mention of a value is a parameter of its own, so that PostgreSQL gives it the
/// type of its context: one instant may go into a column with a time zone and into one without.
#[derive(Debug, Default)]
pub(super) struct Statement {
    /// The SQL, with `$1`, `$2` and so on in the order of [`Self::mentions`].
    pub(super) text: String,
    mentions: Vec<Mention>,
    call: OnceLock<Call>,
}

/// The meaning of one parameter of a statement.
#[derive(Debug)]
struct Mention {
    /// The range of the parameter in the text.
    place: Range<usize>,
    /// The value's number in the template, from 1.
    value: usize,
    /// The table and index of the additional field, or the index of the condition, if the value is a set of those.
    field: Option<(&'static str, usize)>,
}

impl Statement {
    /// Appends a parameter that stands for a value, or for one additional field of a table within it.
    pub(super) fn mention(&mut self, value: usize, field: Option<(&'static str, usize)>) {
        let begin = self.text.len();
        self.text += &format!("${}", self.mentions.len() + 1);
        self.mentions.push(Mention { place: begin..self.text.len(), value, field });
    }

    /// Returns the call of the function that the database may keep of this statement.
    pub(super) fn call(&self) -> &Call {
        self.call.get_or_init(|| Call::new(&self.text, self.mentions.len()))
    }

    /// Appends SQL in which `$1`, `$2` and so on mention values.
    pub(super) fn append(&mut self, sql: &str) {
        let mut parts = sql.split('$');
        self.text += parts.next().unwrap_or_default();
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at_checked(digits).unwrap_or(("", part));
            match number.parse() {
                Ok(value) => self.mention(value, None),
                Err(_) => self.text.push('$'),
            }
            self.text += rest;
        }
    }

    /// Returns the statement with SQL instead of parameters, for the protocol that has no parameters.
    pub(super) fn with_values(&self, values: &[String]) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for mention in &self.mentions {
            text += self.text.get(from..mention.place.start).unwrap_or_default();
            let value = mention.value.checked_sub(1).and_then(|at| values.get(at));
            text += value.map_or("null", String::as_str);
            from = mention.place.end;
        }
        text + self.text.get(from..).unwrap_or_default()
    }

    /// Returns the values of the parameters in order. `field` returns the value of an additional field by table and index, from the
    /// values that the parameter stands for, if any.
    pub(super) fn sent<'a>(
        &self,
        params: &[Param<'a>],
        field: impl Fn(Option<&Map<String, Value>>, &'static str, usize) -> Option<String>,
    ) -> Vec<SentValue<'a>> {
        let sent = |mention: &Mention| {
            let param = mention.value.checked_sub(1).and_then(|at| params.get(at)).copied().unwrap_or(Param::Null);
            let given = if let Param::Fields(values) = param { Some(values) } else { None };
            if let (Param::Search(asked), Some((_, at))) = (param, mention.field) {
                return SentValue(of_condition(asked, at).map(Cow::Owned));
            }
            match mention.field {
                Some((model, at)) => SentValue(field(given, model, at).map(Cow::Owned)),
                None => param.sent(),
            }
        };
        self.mentions.iter().map(sent).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mention_of_a_value_is_a_parameter_of_its_own() {
        let mut statement = Statement::default();
        statement.text += r#""owner$1""#;
        statement.append(" = $2 and $1 > $2");
        assert_eq!(statement.text, r#""owner$1" = $1 and $2 > $3"#);
        let values = ["'$2'".to_owned(), "b".to_owned()];
        assert_eq!(statement.with_values(&values), r#""owner$1" = b and '$2' > b"#);
        assert_eq!(statement.with_values(&[]), r#""owner$1" = null and null > null"#);
    }
}
