//! The section `[custom_session]`.

use crate::{
    declaration::{Declaration, Documentation, Resource},
    options::{Section, optional_text, options, switch},
    problem::Problems,
};

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration::of("custom_session");

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation::NONE;

options! {
    /// Reading a session shows more than the tables of gatepost have, from a query of yours: better-auth's plugin `customSession`, without
    /// code. The columns of the query's first row are members of the answer, beside `session` and `user`.
    pub struct CustomSession {
        /// `/get-session` shows the columns of the query.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// A query with the user's identifier as `$1`: `"select array_agg(r.name) as roles from app.roles r where r.user_id = $1"`. It
        /// runs in a statement of its own each time a session is read, also if the session is cached in a cookie.
        query: Option<String> = optional_text("query", "–"),
        /// JWTs for other services have the columns as claims too.
        claims: bool = switch("claims", false),
    }
    check: query
}

/// A query without its parameter would show the same to all users.
fn query(read: &CustomSession, section: &Section<'_>, problems: &mut Problems) {
    let Some(query) = &read.query else {
        if read.enabled {
            problems.add(section.place("enabled"), "`custom_session.query` is missing; write the query");
        }
        return;
    };
    if !query.contains("$1") {
        problems.add(
            section.place("query"),
            "`custom_session.query` has no `$1`, which is the user's identifier; compare a column with it",
        );
    }
    if query.contains("$2") || query.contains(';') {
        problems.add(section.place("query"), "`custom_session.query` must be one query with `$1` alone, without `;`");
    }
    if !read.enabled {
        problems.add(section.place("query"), "it has no effect while `custom_session.enabled` is off; set it to true");
    }
}
