//! The section `[audit]`, and the table of the audit log.

use super::words;
use crate::{
    declaration::{Declaration, Documentation, FeatureTable, Model, ModelColumn, Resource},
    options::{number, options, switch},
};

/// The resource, and the action on it that lets a role read the record.
pub(super) const RESOURCE: &str = "audit";
pub(super) const LIST: &str = "list";

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    tables: &[FeatureTable {
        model: Model {
            name: "audit",
            key: "audit",
            columns: &[
                ModelColumn::text("kind", "kind").indexed(),
                ModelColumn::text("action", "action").optional(),
                ModelColumn::text("actorType", "actor_type"),
                ModelColumn::text("actorId", "actor_id").optional().indexed(),
                ModelColumn::text("sessionId", "session_id").optional(),
                ModelColumn::text("keyId", "key_id").optional(),
                ModelColumn::text("impersonatedBy", "impersonated_by").optional(),
                ModelColumn::text("targetId", "target_id").optional().indexed(),
                ModelColumn::text("objectId", "object_id").optional(),
                ModelColumn::text("organizationId", "organization_id").optional().indexed(),
                ModelColumn::text("ipAddress", "ip_address").optional(),
                ModelColumn::text("userAgent", "user_agent").optional(),
                ModelColumn::date("createdAt", "created_at").indexed(),
            ],
        },
        when: &[],
    }],
    rights: &[(RESOURCE, &[LIST])],
    absent: &[("schema", "write `[schema.audit] model_name = \"…\"` and `fields = { actor_id = \"…\" }`")],
    ..Declaration::of("audit")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: words::REASONS, codes: words::CODES };

options! {
    /// The audit log: who changed what, when, and from which address. The statement of each change writes a row of the table
    /// `audit`: run `cargo gatepost migrate`. better-auth has no such record. [audit.md](audit.md) is a guide.
    pub struct Audit {
        /// Changes are written to the audit log, and administrators read it with `/admin/list-audit`.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Days for which rows stay. `gatepost cleanup` and `[cleanup]` remove older ones.
        retention_days: u32 = number("retention_days", 1, 36_500, 365),
        /// Rows have the address of the client.
        ip_address: bool = switch("ip_address", true),
        /// Rows have the header `User-Agent` of the client.
        user_agent: bool = switch("user_agent", true),
    }
}
