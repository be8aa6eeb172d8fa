//! The value of an expression as far as the text decides it: a constant, a variable of the environment, a function of the
//! project, something of a package, or unknown.

use std::rc::Rc;

use crate::{
    scope::Scope,
    syntax::{Function, SourceSpan},
};

/// A value, and the expression that it comes from.
#[derive(Debug, Clone)]
pub struct Value {
    /// Its kind.
    pub what: ValueKind,
    /// Its place.
    pub at: SourceSpan,
}

/// The kinds of values.
#[derive(Debug, Clone)]
pub enum ValueKind {
    /// `undefined`, or nothing at all.
    Undefined,
    /// `null`.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A regular expression.
    Regex(String),
    /// The environment, with the defaults of variables that are not set.
    Environment(Rc<Vec<(String, Value)>>),
    /// A variable of the environment, and its default.
    Variable(String, Option<Rc<Value>>),
    /// The items of a variable that commas separate.
    Split(String),
    /// Whether the service runs in production; `false` stands for the opposite.
    InProduction(bool),
    /// Texts after each other.
    Joined(Rc<Vec<Value>>),
    /// A list.
    List(Rc<Vec<Entry>>),
    /// An object.
    Object(Rc<Object>),
    /// A function of the project.
    Closure(Rc<Closure>),
    /// Something of a package, or of a file that is not there.
    External(Rc<External>),
    /// The result of a call, except of the project's own functions.
    Called(Rc<FunctionCall>),
    /// A member of such a result.
    Property(Rc<Value>, String),
    /// One of two values, as a condition decides that the text does not.
    Choice(Rc<Choice>),
    /// A parameter for which no argument is known.
    Parameter(String),
    /// A value that is not known, and why.
    Unknown(String),
}

/// An item of a list.
#[derive(Debug, Clone)]
pub enum Entry {
    /// One item.
    One(Value),
    /// Any number of items that are not known one by one.
    Spread(Value),
}

/// An object.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// The members in order; a key may be there more than once, and then the last holds.
    pub members: Vec<Property>,
    /// Everything else in it: spreads that are not known, and members whose key is not known.
    pub unknown: Vec<Value>,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Property {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Value,
    /// The condition under which it is there.
    pub condition: Option<Value>,
    /// The place of the member.
    pub at: SourceSpan,
}

/// A function of the project and what it sees.
#[derive(Debug)]
pub struct Closure {
    /// Its parameters and body.
    pub function: Rc<Function>,
    /// The names around it.
    pub scope: Rc<Scope>,
}

/// Something of a package, or of a file that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// The module, as it is written; empty for what JavaScript has itself.
    pub module: String,
    /// The name there, and names below it.
    pub path: Vec<String>,
    /// Whether it is a file of the project that is not there.
    pub missing: bool,
}

/// A call.
#[derive(Debug)]
pub struct FunctionCall {
    /// The function that is called.
    pub callee: Value,
    /// The arguments.
    pub arguments: Vec<Value>,
}

/// One of two values.
#[derive(Debug)]
pub struct Choice {
    /// The condition.
    pub test: Value,
    /// The value if it is true.
    pub yes: Value,
    /// The value if it is not.
    pub no: Value,
}

impl ValueKind {
    /// At a place.
    pub fn at(self, at: SourceSpan) -> Value {
        Value { what: self, at }
    }
}

impl Object {
    /// The member that holds for a key.
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.members.iter().rev().find(|member| member.key == key)
    }

    /// The members that hold, in the order in which their keys first appear.
    pub fn holding(&self) -> Vec<&Property> {
        let mut keys: Vec<&str> = Vec::new();
        for member in &self.members {
            if !keys.contains(&member.key.as_str()) {
                keys.push(&member.key);
            }
        }
        keys.into_iter().filter_map(|key| self.get(key)).collect()
    }
}

impl Value {
    /// A value that cannot be known.
    pub fn unknown(at: SourceSpan, why: impl Into<String>) -> Self {
        ValueKind::Unknown(why.into()).at(at)
    }

    /// The object, if it is one.
    pub fn object(&self) -> Option<&Rc<Object>> {
        match &self.what {
            ValueKind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The member of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.object()?.get(key).map(|member| &member.value)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.what {
            ValueKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list that is known whole.
    pub fn items(&self) -> Option<Vec<&Value>> {
        let ValueKind::List(entries) = &self.what else { return None };
        fn one(entry: &Entry) -> Option<&Value> {
            match entry {
                Entry::One(value) => Some(value),
                Entry::Spread(_) => None,
            }
        }
        entries.iter().map(one).collect()
    }

    /// Whether it counts as true, if that is known.
    pub fn truth(&self) -> Option<bool> {
        match &self.what {
            ValueKind::Undefined | ValueKind::Null => Some(false),
            ValueKind::Boolean(value) => Some(*value),
            ValueKind::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            ValueKind::Text(text) => Some(!text.is_empty()),
            ValueKind::List(_)
            | ValueKind::Object(_)
            | ValueKind::Closure(_)
            | ValueKind::Environment(_)
            | ValueKind::Regex(_) => Some(true),
            _ => None,
        }
    }

    /// Whether there is nothing: `undefined`, `null`, or something else that counts as false.
    pub fn is_nothing(&self) -> bool {
        self.truth() == Some(false) && !matches!(self.what, ValueKind::Boolean(_) | ValueKind::Number(_))
    }

    /// The module and the path from which this comes, past all calls and members on the way.
    pub fn origin(&self) -> Option<&External> {
        match &self.what {
            ValueKind::External(external) => Some(external),
            ValueKind::Called(called) => called.callee.origin(),
            ValueKind::Property(inner, _) => inner.origin(),
            _ => None,
        }
    }

    /// The call of something of a package, with the package's name for it.
    pub fn call(&self) -> Option<(&External, &FunctionCall)> {
        let ValueKind::Called(called) = &self.what else { return None };
        let ValueKind::External(external) = &called.callee.what else { return None };
        Some((external, called))
    }

    /// The variables of the environment on which the value depends.
    pub fn variables(&self) -> Vec<String> {
        const MOST_VALUES: usize = 10_000;
        let mut found = Vec::new();
        self.add_variables(&mut found, 0, &mut MOST_VALUES.clone());
        found
    }

    fn add_variables(&self, found: &mut Vec<String>, depth: usize, left: &mut usize) {
        if depth > 20 || *left == 0 {
            return;
        }
        *left -= 1;
        if let ValueKind::Variable(name, _) | ValueKind::Split(name) = &self.what
            && !found.contains(name)
        {
            found.push(name.clone());
        }
        let mut add = |value: &Self| value.add_variables(found, depth + 1, left);
        match &self.what {
            ValueKind::Variable(_, fallback) => fallback.iter().for_each(|value| add(value)),
            ValueKind::Joined(parts) => parts.iter().for_each(add),
            ValueKind::List(entries) => {
                for entry in entries.iter() {
                    let (Entry::One(value) | Entry::Spread(value)) = entry;
                    add(value);
                }
            }
            ValueKind::Object(object) => object.members.iter().for_each(|member| add(&member.value)),
            ValueKind::Called(called) => {
                add(&called.callee);
                called.arguments.iter().for_each(add);
            }
            ValueKind::Property(inner, _) => add(inner),
            ValueKind::Choice(choice) => [&choice.test, &choice.yes, &choice.no].into_iter().for_each(add),
            _ => {}
        }
    }
}

impl External {
    /// The last name of the path.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}
