//! Users and their passwords in the tables.

mod delete;
mod import;
mod insert;
mod read;
mod update;

pub(crate) use self::delete::deletion;
pub(crate) use self::insert::insertion;
pub(crate) use self::read::{ONE, WITH_PASSWORD, found, from_row, width};
pub(crate) use self::update::changed;
pub use self::{
    delete::{delete, delete_by_secret},
    import::{ImportedAccount, ImportedUser, Outcome, import, known},
    insert::{AcceptedUser, NewUserRow, insert, insert_alone, insert_undone},
    read::{by_email, by_id, with_password},
    update::{Change, update},
};
