//! PostgreSQL: its tables, columns, connections and faults.

mod cleanup;
mod columns;
mod connecting;
mod database_faults;
mod database_urls;
mod first_statement;
mod full_disk;
mod generated_ids;
mod half_written;
mod least_privilege;
mod naming;
mod refused_connections;
mod refused_rows;
mod statement_texts;
mod statements;
mod stored_functions;
mod times_in_text;
mod tls;
mod told_causes;
mod undone;
mod websocket;
