//! The command line and the logs, as an operator reads them.

mod diagnosis;
mod doctor;
mod incomplete_tables;
mod migration;
mod observability;
mod organizations;
mod printed_fixes;
mod recognition;
mod safe_fixes;
mod served_statements;
mod shadow;
mod unusual_tables;
mod users;
mod verdicts;
