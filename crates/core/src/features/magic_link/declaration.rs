//! The section `[magic_link]` (spec sign-in-plugins §2.1).

use crate::{
    crypto::one_time_code::StoredForm,
    declaration::{Declaration, Documentation, Limit, LimitRule, Paths, Resource},
    options::{choice, number, options, positive_seconds, switch},
};

/// The limit for requests that mail a link or redeem one.
const LIMIT: Limit = Limit { window: 60, max: 5 };

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    limits: &[
        LimitRule { paths: Paths::BeginWith("/sign-in/magic-link"), limit: LIMIT },
        LimitRule { paths: Paths::BeginWith("/magic-link/verify"), limit: LIMIT },
    ],
    absent: &[
        ("generate_token", "a function cannot be configured; tokens are 32 random letters"),
        (
            "rate_limit",
            "write a rule for `/sign-in/magic-link` and `/magic-link/verify` in `[rate_limit.custom_rules]`",
        ),
    ],
    ..Declaration::of("magic_link")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation::NONE;

options! {
    /// Links by mail that sign in: better-auth's plugin `magicLink`. A link works once, for the address that it was mailed to. Following
    /// it proves that the address is the user's.
    pub struct MagicLink {
        /// `POST /sign-in/magic-link` and `GET /magic-link/verify` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Links are mailed (`magic-link`). With `false` gatepost only redeems the links of another server with the same database.
        send: bool = switch("send_magic_link", true).needs(Resource::Mail),
        /// How long a link works, in seconds.
        expires_in: u32 = positive_seconds("expires_in", 300),
        /// A link signs in existing users only. It is mailed to every address nevertheless, so that the answer does not reveal which
        /// addresses have a user.
        disable_sign_up: bool = switch("disable_sign_up", false),
        /// How tokens are stored: `"plain"`, or `"hashed"`, as SHA-256. Both servers must have the same.
        store: StoredForm = choice("store_token", PLAIN, &[PLAIN, ("hashed", StoredForm::Hashed)]),
        /// How often a link can be tried: once. better-auth ignores other numbers.
        allowed_attempts: u32 = number("allowed_attempts", 1, 1, 1),
        /// A mailed link leads to a page with a button, and only the button redeems it. Programs that scan mails follow links, and
        /// would use up a link that is redeemed at once. The client's `magicLink.verify` without a `callbackURL` redeems at once.
        confirm_on_page: bool = switch("confirm_on_page", false),
    }
}

const PLAIN: (&str, StoredForm) = ("plain", StoredForm::Plain);
