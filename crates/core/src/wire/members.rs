//! Members of bodies and queries, each declared once: [`body!`] and [`query!`] take a struct whose fields say by which member they are
//! read and as what, and make the struct, its reader, and what the description of the API says of it.

use serde_json::{Map, Value};

use super::{
    fields::{Fields, MOST_NAME},
    reads::Members,
};
use crate::declaration::{self, Shape};

/// A member with values of type `T`.
pub(crate) struct Member<T> {
    declared: declaration::Member,
    read: fn(&mut Fields<'_>, &'static str) -> T,
}

impl<T> Member<T> {
    /// Returns the member as declared for the description of the API.
    pub(crate) const fn declared(&self) -> declaration::Member {
        self.declared
    }

    /// Its value; what is wrong is an issue of the fields.
    pub(crate) fn read(&self, fields: &mut Fields<'_>) -> T {
        (self.read)(fields, self.declared.name)
    }
}

/// A member that must be there and is read by a function of its own.
pub(crate) const fn member<T>(
    name: &'static str,
    shape: Shape,
    read: fn(&mut Fields<'_>, &'static str) -> T,
) -> Member<T> {
    Member { declared: declaration::Member::of(name, shape), read }
}

/// A member that may be missing and is read by a function of its own.
pub(crate) const fn optional<T>(
    name: &'static str,
    shape: Shape,
    read: fn(&mut Fields<'_>, &'static str) -> T,
) -> Member<T> {
    Member { declared: declaration::Member::of(name, shape).optional(), read }
}

/// A text.
pub(crate) const fn text(name: &'static str) -> Member<String> {
    member(name, Shape::Text, |fields, name| fields.text(name))
}

/// The name of a person or a team, of at most [`MOST_NAME`] characters.
pub(crate) const fn person(name: &'static str) -> Member<String> {
    member(name, Shape::Text, |fields, name| {
        let text = fields.text(name);
        fields.at_most(name, &text, MOST_NAME);
        text
    })
}

/// The name of a person, or nothing.
pub(crate) const fn optional_person(name: &'static str) -> Member<Option<String>> {
    optional(name, Shape::Text, |fields, name| {
        let text = fields.optional_text(name);
        fields.at_most(name, text.as_deref().unwrap_or_default(), MOST_NAME);
        text
    })
}

/// A text that is not empty.
pub(crate) const fn filled_text(name: &'static str) -> Member<String> {
    member(name, Shape::FilledText, |fields, name| fields.filled_text(name))
}

/// A person's address.
pub(crate) const fn email(name: &'static str) -> Member<String> {
    member(name, Shape::Email, |fields, name| fields.email(name))
}

/// A text, or nothing.
pub(crate) const fn optional_text(name: &'static str) -> Member<Option<String>> {
    optional(name, Shape::Text, |fields, name| fields.optional_text(name))
}

/// A list of texts; empty if it is missing.
pub(crate) const fn texts(name: &'static str) -> Member<Vec<String>> {
    optional(name, Shape::List(&Shape::Text), |fields, name| fields.optional_texts(name).unwrap_or_default())
}

/// A number, or nothing.
pub(crate) const fn optional_number(name: &'static str) -> Member<Option<f64>> {
    optional(name, Shape::Number, |fields, name| fields.optional_number(name))
}

/// `true` or `false`, or nothing.
pub(crate) const fn optional_boolean(name: &'static str) -> Member<Option<bool>> {
    optional(name, Shape::Boolean, |fields, name| fields.optional_boolean(name))
}

/// Whether a member is there and `true`.
pub(crate) const fn is_true(name: &'static str) -> Member<bool> {
    optional(name, Shape::Boolean, |fields, name| fields.optional_boolean(name) == Some(true))
}

/// A flag as JavaScript's truthiness has it: `false` and `0` are true, only the empty text is not (spec core §3.6). A key that stands
/// there twice is a list, and lists are true.
pub(crate) const fn flag(name: &'static str) -> Member<bool> {
    optional(name, Shape::Flag, |fields, name| match fields.value(name) {
        Some(Value::String(text)) => !text.is_empty(),
        other => other.is_some(),
    })
}

/// An object of any members; empty if it is missing.
pub(crate) const fn record(name: &'static str) -> Member<Map<String, Value>> {
    optional(name, Shape::MapOf(&Shape::Anything), |fields, name| {
        fields.optional_record(name, false).unwrap_or_default()
    })
}

/// An object with members of its own, or nothing.
pub(crate) const fn object<T: Members>(name: &'static str) -> Member<Option<T>> {
    optional(name, Shape::Object(T::MEMBERS), |fields, name| fields.optional_object(name, T::read))
}

/// Declares the members of an object.
macro_rules! members {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$doc:meta])* $field_visibility:vis $field:ident: $type:ty = $member:expr,)*
        }
    ) => {
        $(#[$meta])*
        $visibility struct $name { $($(#[$doc])* $field_visibility $field: $type,)* }

        impl $crate::wire::Members for $name {
            const MEMBERS: &'static [$crate::declaration::Member] = &[$($member.declared()),*];

            fn read(fields: &mut $crate::wire::Fields<'_>) -> Self {
                Self { $($field: $member.read(fields),)* }
            }
        }
    };
}

/// Declares what an endpoint reads: what the description of the API says of it, and the fields that its members are read from.
macro_rules! input {
    (
        ($reads:expr, $fields:expr)
        $(#[$meta:meta])* $visibility:vis struct $name:ident $members:tt
    ) => {
        $crate::wire::members! { $(#[$meta])* $visibility struct $name $members }

        impl $crate::wire::Input for $name {
            const READS: $crate::wire::EndpointReads = $reads;

            fn read(raw: &$crate::wire::RawInput) -> Result<Self, Vec<String>> {
                let fields: fn(&$crate::wire::RawInput) -> $crate::wire::Fields<'_> = $fields;
                <Self as $crate::wire::Members>::whole(fields(raw))
            }
        }
    };
}

/// Declares a body:
///
/// ```text
/// body! {
///     /// `POST /verify-password`.
///     pub struct VerifyPassword {
///         /// As typed.
///         pub password: String = text("password"),
///     }
/// }
/// ```
///
/// It makes the struct and its implementations of [`Members`] and [`Input`](super::Input), and nothing else.
macro_rules! body {
    ($($item:tt)*) => {
        $crate::wire::input! {
            ($crate::wire::EndpointReads::body::<Self>(), |raw| $crate::wire::Fields::of(raw, &["object"]))
            $($item)*
        }
    };
}

/// Declares a body that may be left out, whose members are all optional, as [`body!`] does.
macro_rules! optional_body {
    ($($item:tt)*) => {
        $crate::wire::input! {
            ($crate::wire::EndpointReads::body::<Self>().optional(), |raw| $crate::wire::Fields::of_optional(raw))
            $($item)*
        }
    };
}

/// Declares a query, as [`body!`] does a body.
macro_rules! query {
    ($($item:tt)*) => {
        $crate::wire::input! {
            (
                $crate::wire::EndpointReads::NOTHING.and_query(<Self as $crate::wire::Members>::MEMBERS),
                |raw| $crate::wire::Fields::of_query(raw)
            )
            $($item)*
        }
    };
}

pub(crate) use {body, input, members, optional_body, query};
