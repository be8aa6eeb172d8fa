//! Sessions: in rows, cookies and a secondary storage, when they end, and who may read them.

mod cookie_cache;
mod custom_session;
mod expiry;
mod places;
mod protected;
mod reasons;
mod rotation;
mod secondary_storage;
mod secondary_storage_faults;
mod secondary_storage_setup;
mod several_sessions;
mod stateless;
mod why_null;
