//! The tables that drizzle-kit makes of a schema that better-auth's CLI wrote.

use std::sync::LazyLock;

/// Every table.
pub const SINGULAR: &str = include_str!("../../schemas/drizzle-1.7/schema.sql");

/// The tables of a project with `usePlural`: the names of tables, constraints and indexes are plural.
pub static WHOLE: LazyLock<String> = LazyLock::new(|| {
    let tables = ["user", "session", "account", "verification", "rate_limit"];
    let renamed = tables.iter().fold(SINGULAR.to_owned(), |sql, table| {
        // Columns are called `user_id` as well.
        let sql = ["TABLE \"", "REFERENCES \"public\".\"", "ON \""]
            .iter()
            .fold(sql, |sql, before| sql.replace(&format!("{before}{table}\""), &format!("{before}{table}s\"")));
        ["CONSTRAINT \"", "INDEX \""]
            .iter()
            .fold(sql, |sql, before| sql.replace(&format!("{before}{table}_"), &format!("{before}{table}s_")))
    });
    renamed.replace("_user_id_fk\"", "_users_id_fk\"")
});
