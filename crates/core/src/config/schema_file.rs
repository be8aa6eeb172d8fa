//! The schema of a deployment read alone out of its file, for commands that need nothing else of the configuration.

use super::{Account, Identifiers, Session, User, Variables, absent, schema::Schema, secondary_storage::UnusedTables};
use crate::{
    declarations::{DeclaredFeature, Features},
    options::{self, Options as _, Section},
    problem::{Problems, Source},
};

impl Schema {
    /// Reads the schema out of a file.
    ///
    /// # Errors
    /// Every problem of the sections that decide the schema.
    pub fn load(source: Source<'_>) -> Result<Self, Problems> {
        Self::load_with(source, &[])
    }

    /// Reads the schema out of a file, with features besides those of [`ALL`](crate::declarations::ALL).
    ///
    /// # Errors
    /// Every problem of the sections that decide the schema.
    pub fn load_with(source: Source<'_>, more: &[DeclaredFeature]) -> Result<Self, Problems> {
        Self::read_file(source, &Variables::default(), more)
    }

    /// Reads the schema out of a file, in the PostgreSQL schema that the connection URLs of `variables` name where the file names none.
    ///
    /// # Errors
    /// Every problem of the sections that decide the schema, and that file and URL name different schemas.
    pub fn of_deployment(source: Source<'_>, variables: &Variables) -> Result<Self, Problems> {
        Self::read_file(source, variables, &[])
    }

    fn read_file(source: Source<'_>, variables: &Variables, more: &[DeclaredFeature]) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let table = options::parse(source, &mut problems);
        let mut root = Section::root(source, table.as_ref().map(|table| table.get_ref()), absent::told);
        let mut database = root.section("database", &mut problems);
        let name = database.text("schema_name", &mut problems);
        let stored_functions = database.boolean("stored_functions", &mut problems).unwrap_or(false);
        let name = super::database::schema_name(name, variables, &mut problems);
        let ids = root.section("advanced", &mut problems).section("database", &mut problems);
        let ids = Identifiers::read(ids, &mut problems).generate_id;
        let features = Features::read(&mut root, &mut problems).with(more);
        let mut read = Self::read(root.section("schema", &mut problems), name, ids, &features, &mut problems);
        read.stored_functions = stored_functions;
        let mut user = root.section("user", &mut problems);
        read.read_additional("user", user.section("additional_fields", &mut problems), &mut problems);
        User::read(user, &mut problems);
        let mut session = root.section("session", &mut problems);
        read.read_additional("session", session.section("additional_fields", &mut problems), &mut problems);
        Session::read(session, &mut problems);
        let mut account = root.section("account", &mut problems);
        read.read_additional("account", account.section("additional_fields", &mut problems), &mut problems);
        Account::read(account, &mut problems);
        let unused = UnusedTables::read(&mut root.again()).tables();
        if problems.0.is_empty() { Ok(read.without(&unused)) } else { Err(problems) }
    }
}
