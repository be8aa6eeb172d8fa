//! What gatepost does, seen from outside: a file per behaviour. Every test drives the real service on a real PostgreSQL.

#![cfg(test)]
#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test reads the clock for its bounds, and may panic"
)]

mod additional_fields;
mod advisories;
mod advisories_mailed;
mod advisories_tables;
mod advisories_users;
mod bad_input;
mod browser;
mod bursts;
mod callbacks;
mod column_refuses;
mod columns;
mod configuration;
mod conformance;
mod connecting;
mod cookie_cache;
mod cross_origin;
mod database_faults;
mod database_urls;
mod declarations;
mod deployed_functions;
mod diagnosis;
mod discovery;
mod doctor;
mod edges;
mod environment;
mod faults_under_load;
mod features;
mod flow_parsers;
mod freezing;
mod full_disk;
mod guides;
mod half_written;
mod incomplete_tables;
mod journey;
mod least_privilege;
mod mail_transports;
mod mails;
mod migration;
mod naming;
mod observability;
mod older_versions;
mod on_the_platform;
mod open_api;
mod open_api_reference;
mod options;
mod other_schemas;
mod pages;
mod parsers;
mod pooler;
mod previews;
mod printed_fixes;
mod protected;
mod provider_interchange;
mod provider_vectors;
mod provider_words;
mod races;
mod rate_limits;
mod real_schemas;
mod reasons;
mod recipes;
mod redirects;
mod refused_connections;
mod refused_rows;
mod repeated_addresses;
mod rotation;
mod secondary_storage;
mod secondary_storage_faults;
mod secondary_storage_setup;
mod sessions;
mod single_use;
mod social;
mod stateless;
mod statement_texts;
mod statements;
mod structure;
mod support;
mod tables;
mod times_in_text;
mod tls;
mod token_vectors;
mod tokens;
mod told_causes;
mod two_factor;
mod two_factor_interchange;
mod two_factor_races;
mod undone;
mod vectors;
mod verification;
mod websocket;
mod why_null;
mod workflows;
