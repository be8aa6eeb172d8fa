//! The role for the functions: everything that the service does, and nothing that it does not need.

use gatepost_cli::roles;

use crate::support::{
    postgres::{Database, block_on, execute},
    schema,
    service::Service,
    transport,
};

/// The role's name is nobody's in particular: it needs its quotes.
const ROLE: &str = "gate's %I \"functions\"";

fn refused(url: &str, sql: &str) -> String {
    let run = async { transport::connect(url).await.unwrap().batch_execute(sql).await };
    let error = block_on(run).expect_err(sql);
    error.as_db_error().map(|error| error.message().to_owned()).unwrap_or_else(|| panic!("{sql}: {error}"))
}

#[test]
fn the_service_does_everything_with_a_role_that_may_only_read_and_write_rows() {
    let database = Database::new();
    let role = format!("{ROLE} {}", std::process::id());
    let own = |sql: &str| drop(execute(&database.direct, sql));
    own(&roles::sql(&role, schema::of_the_run()));
    own(&roles::sql(&role, schema::of_the_run()));
    own(&format!("alter role \"{}\" password 'p'; create table other (a text)", role.replace('"', "\"\"")));
    let mut url: url::Url = database.url.parse().unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p")).unwrap();
    let url = url.as_str();

    let toml = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = true\nstorage = \"database\"\n[jwt]\nenabled = true\n[user.delete_user]\nenabled = true\n";
    let service = Service::with(toml, &[("DATABASE_URL", url), ("VERCEL_ENV", "development")]);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/token", &cookie).status, 200);
    for (path, body) in [
        ("/update-user", r#"{"name":"Ada L"}"#),
        ("/change-password", r#"{"currentPassword":"correct horse battery","newPassword":"another password"}"#),
        ("/revoke-other-sessions", "{}"),
        ("/delete-user", r#"{"password":"another password"}"#),
    ] {
        let answer = service.post(path, &cookie, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    assert_eq!(database.value("select count(*) from \"user\""), "0");
    assert_eq!(database.value("select count(*) > 0 from \"rateLimit\""), "t");

    for (sql, told) in [
        ("alter table {user} add column x text", "must be owner of table "),
        ("drop table {session}", "must be owner of table "),
        ("truncate {account}", "permission denied for table "),
        ("select * from other", "permission denied for table other"),
        ("create role x", "permission denied to create role"),
        ("create database x", "permission denied to create database"),
    ] {
        let sql = schema::filled(sql);
        assert!(refused(url, &sql).starts_with(told), "{sql}: {}", refused(url, &sql));
    }
    own(&format!("drop owned by \"{0}\"; drop role \"{0}\"", role.replace('"', "\"\"")));
}
