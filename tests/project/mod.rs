//! The project itself: its structure, pages and workflows.

mod guides;
mod messages;
mod pages;
mod structure;
mod workflows;
