//! `gatepost migrate` and what it says: what it would do, what it did, and why it did nothing.

use std::{fs, net::TcpListener, process::Output};

use gatepost_cli::postgres::Server;
use tempfile::TempDir;

use super::{
    dev::{Dev, ended, folder, gatepost},
    postgres::{options, query},
};

/// A server of its own, and a folder with a `gatepost.toml`.
struct Project {
    server: Server,
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = folder();
        Self { server: Server::start(&options(&folder)).unwrap(), folder }
    }

    fn url(&self) -> String {
        self.server.url("postgres")
    }

    fn query(&self, sql: &str) -> String {
        query(&self.url(), sql).unwrap()
    }

    fn configure(&self, toml: &str) {
        fs::write(self.folder.path().join("gatepost.toml"), toml).unwrap();
    }

    /// Runs `gatepost` with these variables.
    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = gatepost(self.folder.path(), arguments);
        command.envs(variables.iter().copied());
        ended(command)
    }

    /// Migrates, and returns what it printed.
    fn migrate(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["migrate"], arguments].concat(), &[("DATABASE_URL", &self.url())]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Everything that a migration could change.
    fn state(&self) -> String {
        self.query(
            "select string_agg(t, ';' order by t) from (
                select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) t
                    from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
                union all select indexdef from pg_indexes where schemaname not in ('pg_catalog', 'information_schema')) a",
        )
    }

    /// Migrates by this URL, and wants status 2, this sentence, and nothing changed.
    fn refused(&self, url: &str, told: &str) {
        let before = self.state();
        for arguments in [&["migrate"][..], &["migrate", "--plan"]] {
            let output = self.run(arguments, &[("DATABASE_URL", url)]);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(told), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
            // Who may not change a table may look.
            if arguments.len() == 1 || !said.contains("may not change tables") {
                assert_eq!(self.state(), before);
            }
        }
    }
}

#[test]
fn migrate_says_what_it_would_do_does_it_and_then_has_nothing_to_do() {
    let project = Project::new();
    project.configure("[schema.user]\nmodel_name = \"users\"\n");
    let before = project.state();
    let plan = project.migrate(&["--plan"]);
    assert!(plan.starts_with("create table \"users\" (\"id\" text not null primary key,"), "{plan}");
    assert!(
        plan.ends_with("create index \"verification_identifier_idx\" on \"verification\" (\"identifier\");"),
        "{plan}"
    );
    assert_eq!(project.state(), before);
    assert_eq!(project.migrate(&[]), "created users, session, account, verification, jwks");
    assert_eq!(
        (project.migrate(&[]).as_str(), project.migrate(&["--plan"]).as_str()),
        ("nothing to do", "-- nothing to do")
    );
    project.configure("[schema.user]\nmodel_name = \"users\"\n[user.additional_fields]\nplan = { type = \"string\", required = false, index = true }\n");
    assert_eq!(project.migrate(&[]), "added users.plan, users_plan_idx");
}

/// As better-auth's own command line, which makes a plugin's table and that of rate limits only where they are used.
#[test]
fn only_the_tables_that_the_configuration_uses_are_made() {
    let printed =
        |project: &Project, arguments: &[&str]| String::from_utf8(project.run(arguments, &[]).stdout).unwrap();
    for (toml, tables) in [
        ("", "user, session, account, verification, jwks"),
        ("[jwt]\nenabled = false\n", "user, session, account, verification"),
        ("[rate_limit]\nstorage = \"database\"\n", "user, session, account, verification, jwks, rateLimit"),
    ] {
        let project = Project::new();
        project.configure(toml);
        let (schema, roles) = (printed(&project, &["generate", "schema"]), printed(&project, &["generate", "roles"]));
        let has = |text: &str, table: &str| text.contains(&format!("\"{table}\""));
        for table in ["jwks", "rateLimit"] {
            let wanted = tables.contains(table);
            assert_eq!((has(&schema, table), has(&roles, table)), (wanted, wanted), "{toml}{table}");
        }
        assert_eq!(project.migrate(&[]), format!("created {tables}"), "{toml}");
        // A table that is there and not used stays.
        project.configure("[jwt]\nenabled = false\n");
        assert_eq!(project.migrate(&[]), "nothing to do", "{toml}");
    }
}

#[test]
fn rows_with_one_value_are_told_without_the_value_and_end_in_status_1() {
    let project = Project::new();
    project.configure("");
    project.migrate(&[]);
    project.query(
        r#"alter table "user" drop constraint user_email_key;
        insert into "user" select n::text, 'A', 'hunter2@example.com', true, null, now(), now() from generate_series(1, 3) n"#,
    );
    for arguments in [&["migrate"][..], &["migrate", "--plan"]] {
        let output = project.run(arguments, &[("DATABASE_URL", &project.url())]);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("problem: the unique index `user_email_uidx` was left out") && said.contains("3 rows"),
            "{said}"
        );
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn what_generate_schema_prints_is_what_migrate_makes() {
    let project = Project::new();
    project.configure("[database]\nschema_name = \"auth\"\n[advanced.database]\ngenerate_id = \"serial\"\n");
    let sql = project.run(&["generate", "schema"], &[]).stdout;
    project.query(&String::from_utf8(sql).unwrap());
    assert_eq!(project.migrate(&[]), "nothing to do");
}

#[test]
fn the_schema_of_the_url_is_the_one_that_every_command_means() {
    let project = Project::new();
    let url = format!("{}?schema=Auth", project.url());
    let variables = [("DATABASE_URL", url.as_str())];
    let said = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = project.run(arguments, variables);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), text)
    };
    let (_, sql) = said(&["generate", "schema"], &variables);
    assert!(sql.starts_with("create schema if not exists \"Auth\""), "{sql}");
    project.query(&sql);
    assert_eq!(said(&["migrate"], &variables), (Some(0), "nothing to do\n".to_owned()));
    // The URL of migrations need not say it again.
    let unpooled = [variables[0], ("DATABASE_URL_UNPOOLED", &project.url())];
    assert_eq!(said(&["migrate"], &unpooled), (Some(0), "nothing to do\n".to_owned()));
    let (_, sql) = said(&["generate", "roles"], &variables);
    assert!(sql.contains("'Auth'") && sql.contains("\"Auth\".\"user\""), "{sql}");
    project.query(&sql);
    project.configure("[database]\nschema_name = \"other\"\n");
    for command in [
        &["migrate"][..],
        &["migrate", "--plan"],
        &["generate", "schema"],
        &["generate", "roles"],
        &["secret", "status"],
    ] {
        let (status, text) =
            said(command, &[variables[0], ("BETTER_AUTH_SECRET", "of-no-importance-but-long-enough-to-be-one")]);
        assert_eq!(status, Some(2), "{command:?}: {text}");
        assert!(text.contains("`schema` is `Auth`") && text.contains("`[database] schema_name` is `other`"), "{text}");
    }
}

#[test]
fn a_url_without_a_pooler_is_preferred_and_named_where_it_fails() {
    let project = Project::new();
    let nobody = "postgres://u:hunter2@127.0.0.1:1/x";
    for variable in ["DATABASE_URL_UNPOOLED", "POSTGRES_URL_NON_POOLING"] {
        let output = project.run(&["migrate"], &[("DATABASE_URL", nobody), (variable, &project.url())]);
        assert!(output.status.success(), "{output:?}");
        let output = project.run(&["migrate"], &[("DATABASE_URL", &project.url()), (variable, nobody)]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.starts_with(&format!("{variable}: ")), "{said}");
    }
}

#[test]
fn a_database_that_is_not_there_is_told_with_what_to_do() {
    let project = Project::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    project.refused(&format!("postgres://u:hunter2@{closed}/x"), "Start the database, or correct the URL");
    project.refused(&project.server.url("nowhere"), "correct it there, or create the database");
    project.query("create role eve login password 'right'");
    let wrong = with_user(&project.url(), "eve", "hunter2");
    project.refused(&wrong, "the user or the password in the URL is wrong");
    project.refused("mysql://u:hunter2@h/x", "DATABASE_URL: ");
}

#[test]
fn a_role_that_may_only_read_is_told_whose_url_to_use() {
    let project = Project::new();
    project.query("create role reader login password 'right'; revoke create on schema public from public; grant usage on schema public to reader");
    let url = with_user(&project.url(), "reader", "right");
    let before = project.state();
    let output = project.run(&["migrate"], &[("DATABASE_URL", &url)]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("This role may not change tables: set DATABASE_URL_UNPOOLED to the URL of the tables' owner"),
        "{said}"
    );
    assert_eq!(project.state(), before);
    // Where nothing is to be changed, it need not.
    project.migrate(&[]);
    let output = project.run(&["migrate"], &[("DATABASE_URL", &url)]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn what_stands_in_the_way_is_told_and_nothing_is_changed() {
    let project = Project::new();
    project.query(
        "create table session (id text primary key, token text not null unique); insert into session values ('1', 'x')",
    );
    project.refused(&project.url(), "cannot add the required column `userId` to `session`, which has rows");
    project.query("drop table session; create view \"user\" as select 1 as id");
    project.refused(&project.url(), "`user` is a view, and the service needs a table");
    project.query("drop view \"user\"");
    project.configure("[schema.user.fields]\nemailVerified = \"verified\"\n");
    project.refused(&project.url(), "gatepost.toml:2: `schema.user.fields.emailVerified` is not a known key; write `schema.user.fields.email_verified`");
    project.configure("[schema.users]\nmodel_name = \"people\"\n");
    project.refused(&project.url(), "`schema.users` is not a known key; write `schema.user`");
    project.configure("[schema.user]\nmodel_name = \"session\"\n");
    project.refused(&project.url(), "`user` and `session` cannot both be the table `session`");
}

#[test]
fn tables_with_other_names_are_proposed_before_new_ones_are_made() {
    let project = Project::new();
    project.query(
        "create table users (id text primary key, name text, email text not null unique, email_verified boolean not null,
            image text, created_at timestamp default now(), updated_at timestamp);
         create table sessions (id text primary key, token text not null unique, expires_at timestamp not null,
            user_id text not null references users, created_at timestamp, updated_at timestamp, ip_address text, user_agent text)",
    );
    let lines = "[schema]\nnaming = \"snake_case\"\nplural = true\n";
    project.refused(&project.url(), lines);
    project.refused(&project.url(), "`users` looks like `user`");
    assert!(project.migrate(&["--plan", "--new-tables"]).starts_with("create table \"user\""));
    project.configure(lines);
    let made = project.migrate(&[]);
    assert!(made.starts_with("created accounts, verifications, jwks; added sessions_user_id_idx"), "{made}");
    assert_eq!(project.migrate(&[]), "nothing to do");
    project.configure("");
    // Its name is the same in the plural, and its columns are not.
    project.query("drop table jwks");
    assert!(project.migrate(&["--new-tables"]).starts_with("created user, session, account"));
}

#[test]
fn nothing_to_do_is_not_said_of_columns_that_do_not_take_what_is_written() {
    let project = Project::new();
    project.migrate(&[]);
    project.query("alter table session alter token type varchar(20)");
    for (arguments, told) in [(&["migrate"][..], "nothing to add\n"), (&["migrate", "--plan"], "-- nothing to add\n")] {
        let output = project.run(arguments, &[("DATABASE_URL", &project.url())]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stdout).unwrap().as_str()),
            (Some(1), told),
            "{said}"
        );
        assert_eq!(said.matches("the column `token` of `session` holds 20 characters").count(), 1, "{said}");
    }
}

/// The URL of the same server and database as another user.
fn with_user(url: &str, user: &str, password: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    format!("postgres://{user}:{password}@{rest}")
}

#[test]
fn check_database_tells_what_a_column_does_not_take_and_leaves_no_row() {
    let project = Project::new();
    project.migrate(&[]);
    let variables = format!(
        "BETTER_AUTH_SECRET=K7vQ2xLm9RtY4wZp8NbH3cJf6DsG1aVe\nBETTER_AUTH_URL=https://auth.example.com\nDATABASE_URL={}\n",
        project.url()
    );
    fs::write(project.folder.path().join(".env.production"), variables).unwrap();
    let check = || {
        let output = project.run(&["check", "database", "--file", ".env.production"], &[]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, said) = check();
    assert_eq!(status, Some(0), "{said}");
    project.query(
        "create type role as enum ('google'); alter table account alter \"providerId\" type role using 'google'",
    );
    let (status, said) = check();
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("providerId") && said.contains("credential"), "{said}");
    assert_eq!(project.query("select count(*) from \"user\""), "0");
}

#[test]
fn dev_says_what_it_adds_to_the_database_that_a_variable_names() {
    let project = Project::new();
    project.migrate(&[]);
    project.query("drop table jwks; alter table \"user\" add banned boolean");
    let start = || {
        let mut command = gatepost(project.folder.path(), &["dev", "--port", "0"]);
        command.env("DATABASE_URL", project.url());
        Dev::start(command)
    };
    let dev = start();
    assert!(
        dev.said.starts_with("migrated  created jwks\ndatabase  the one that DATABASE_URL names\n"),
        "{}",
        dev.said
    );
    dev.logged("warning: `user.banned` belongs to administration, which is off");
    drop(dev);
    let again = start();
    assert!(again.said.starts_with("database  "), "{}", again.said);
}
