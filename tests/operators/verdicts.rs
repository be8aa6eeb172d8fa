//! The verdicts of `gatepost doctor`: a deployment that it calls fine works, and one that it fails really fails. Policies, rights,
//! deletions and constraints that only look wrong, and those that are.

use gatepost_cli::{
    report::{Report, Verdict},
    roles,
};
use gatepost_core::config::{Schema, Source};

use crate::support::{
    examined,
    postgres::{Database, execute},
    service::{DEFAULT, Service},
    tables::drizzle,
};

const SHORT: &str = "[schema]\nnaming = \"snake_case\"\nplural = true\n";
const DELETING: &str = "[user.delete_user]\nenabled = true\n";

fn database(sql: &str) -> Database {
    let database = Database::empty();
    database.query(&drizzle::WHOLE);
    database.query(sql);
    database
}

/// The only finding of a check.
#[track_caller]
fn only<'a>(report: &'a Report, check: &str) -> (Verdict, &'a str, &'a str) {
    let told: Vec<_> = report.findings.iter().filter(|finding| finding.check == check).collect();
    let [finding] = told[..] else { panic!("{report}") };
    (finding.verdict, &finding.evidence, finding.fix.as_deref().unwrap_or_default())
}

/// A role that owns nothing, on the tables of a database of its own. It goes with this.
struct Role {
    database: Database,
    name: String,
    url: String,
}

impl Role {
    fn new(number: u8) -> Self {
        let database = database("select 1");
        let name = format!("verdict's {} {number}", std::process::id());
        let schema = Schema::load(Source { name: "gatepost.toml", text: SHORT }).unwrap();
        execute(&database.direct, &roles::sql(&name, &schema));
        execute(&database.direct, &format!("alter role \"{name}\" password 'p'"));
        let mut url: url::Url = database.url.parse().unwrap();
        url.set_username(&name).unwrap();
        url.set_password(Some("p")).unwrap();
        Self { database, name, url: url.to_string() }
    }

    /// Runs SQL as the owner of the tables; `app` stands for the role.
    fn own(&self, sql: &str) {
        execute(&self.database.direct, &sql.replace(" app", &format!(" \"{}\"", self.name)));
    }

    fn report(&self) -> Report {
        examined::by(&self.url, SHORT)
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let name = &self.name;
        execute(&self.database.direct, &format!("drop owned by \"{name}\"; drop role \"{name}\""));
    }
}

#[test]
fn policies_that_let_every_row_through_are_fine_and_conditions_are_named() {
    let role = Role::new(1);
    role.own(
        "alter table users enable row level security; alter table sessions enable row level security;
         alter table accounts enable row level security; alter table users add gone timestamp",
    );
    let report = role.report();
    let (verdict, evidence, fix) = only(&report, "rights");
    assert_eq!(verdict, Verdict::Fail, "{report}");
    assert!(evidence.contains("row level security hides rows of accounts, sessions, users"), "{evidence}");
    assert_eq!(fix.matches("create policy gatepost on").count(), 3, "{fix}");

    role.own(
        "create policy p on users to app using (true) with check (true); create policy p on sessions using (true);
         create policy a on accounts for select using (true); create policy b on accounts for insert with check (true);
         create policy c on accounts for update using (true); create policy d on accounts for delete using (true)",
    );
    let report = role.report();
    assert_eq!(
        (report.status(), only(&report, "rights").0, only(&report, "rows").0),
        (0, Verdict::Ok, Verdict::Ok),
        "{report}"
    );

    // A condition that the service's own rows meet hides others.
    role.own("drop policy p on users; create policy gatepost on users to app using (gone is null)");
    let report = role.report();
    let (verdict, evidence, fix) = only(&report, "rights");
    assert_eq!((verdict, only(&report, "rows").0), (Verdict::Warn, Verdict::Ok), "{report}");
    assert!(evidence.contains("the policy `gatepost` of `users`"), "{evidence}");
    let (_, sql) = fix.split_once("create policy ").unwrap();
    execute(&role.database.direct, &format!("create policy {sql}"));
    assert_eq!(only(&role.report(), "rights").0, Verdict::Ok);

    // The user is not there yet while the session is written.
    role.own("create policy r on sessions as restrictive to app using (true) with check (exists (select from users u where u.id = user_id))");
    let report = role.report();
    let (verdict, evidence, fix) = only(&report, "rights");
    assert_eq!(verdict, Verdict::Warn, "{report}");
    assert!(
        evidence.contains("the RESTRICTIVE policy `r` of `sessions`") && !fix.contains("create policy"),
        "{report}"
    );
    let (verdict, evidence, fix) = only(&report, "rows");
    assert_eq!(verdict, Verdict::Fail, "{report}");
    assert!(evidence.contains("a sign-up fails") && evidence.contains("policy \"r\""), "{evidence}");
    assert!(fix.contains("RESTRICTIVE"), "{fix}");
}

#[test]
fn a_grant_on_single_columns_is_told_with_the_one_that_is_needed() {
    let role = Role::new(2);
    role.own("alter table users add ssn text; revoke select on users from app; grant select (id, name, email) on users to app");
    let report = role.report();
    let (verdict, evidence, fix) = only(&report, "rights");
    assert_eq!(verdict, Verdict::Fail, "{report}");
    assert!(evidence.contains("may not select on users; some of it is granted on single columns"), "{evidence}");
    let sql = fix.split('`').find(|part| part.starts_with("grant select on")).unwrap();
    execute(&role.database.direct, sql);
    assert_eq!(role.report().status(), 0);
}

#[test]
fn what_keeps_a_users_row_matters_only_where_users_are_deleted() {
    let orders = "create table orders (id serial primary key, user_id text not null references users);
        create function orders() returns trigger language plpgsql as $$ begin insert into orders (user_id) values (new.id); return null; end $$;
        create trigger orders after insert on users for each row execute function orders()";
    let soft = "alter table users add deleted_at timestamptz;
        create function soft() returns trigger language plpgsql as $$ begin
            update users set deleted_at = now(), email = 'deleted+' || id || '@example.com' where id = old.id; return null; end $$;
        create trigger soft before delete on users for each row execute function soft()";
    for (sql, deleting, told) in [
        (orders, Verdict::Fail, "table `orders`, constraint `orders_user_id_fkey`"),
        (soft, Verdict::Warn, "A deleted user's row in `users` stays"),
    ] {
        let database = database(sql);
        let report = examined::local(&database, SHORT);
        assert_eq!(only(&report, "rows").0, Verdict::Ok, "{report}");
        let report = examined::local(&database, &format!("{DELETING}{SHORT}"));
        let (verdict, evidence, fix) = only(&report, "rows");
        assert_eq!(verdict, deleting, "{report}");
        assert!(evidence.contains(told) && !fix.contains("fields]"), "{report}");
        let service = Service::with(&format!("{DEFAULT}{DELETING}{SHORT}"), &[("DATABASE_URL", &database.url)]);
        let cookie = service.user("ada@example.com");
        let status = service.post("/delete-user", &cookie, r#"{"password":"correct horse battery"}"#).status;
        assert_eq!(status, if deleting == Verdict::Fail { 500 } else { 200 });
    }
}

#[test]
fn a_constraint_on_what_gatepost_makes_itself_is_a_failure() {
    for (sql, told) in [
        ("alter table users add constraint form check (id ~ '^[0-9a-f-]{36}$')", "32 letters and digits"),
        ("alter table sessions add constraint form check (length(token) = 64)", "gatepost makes these values itself"),
        ("alter table accounts add constraint form check (password like '$2%')", "gatepost makes these values itself"),
    ] {
        let database = database(sql);
        let report = examined::local(&database, SHORT);
        let (verdict, evidence, fix) = only(&report, "rows");
        assert_eq!(verdict, Verdict::Fail, "{report}");
        assert!(evidence.contains("constraint `form`") && fix.contains(told), "{report}");
        let service = Service::with(&format!("{DEFAULT}{SHORT}"), &[("DATABASE_URL", &database.url)]);
        let body = r#"{"name":"A","email":"ada@example.com","password":"correct horse battery"}"#;
        assert_eq!(service.post("/sign-up/email", "", body).status, 422);
    }
    // A real address may pass where the one of this check does not.
    let report = examined::local(&database("alter table users add check (email like '%@us.example')"), SHORT);
    assert_eq!(only(&report, "rows").0, Verdict::Warn, "{report}");
}

#[test]
fn a_column_that_is_too_short_for_the_state_of_a_provider_is_told() {
    let database = database("alter table verifications alter value type varchar(255)");
    let named = "the column `value` of `verifications` takes 255 characters, and a sign-in with a provider keeps";
    let report = examined::local(&database, SHORT);
    let (verdict, evidence, _) = only(&report, "columns");
    assert!(verdict == Verdict::Warn && evidence.contains(named), "{report}");
    let provider = [("GITHUB_CLIENT_ID", "id"), ("GITHUB_CLIENT_SECRET", "secret")];
    let report = examined::with(&database.url, SHORT, &provider);
    let (verdict, evidence, fix) = only(&report, "columns");
    assert!(verdict == Verdict::Fail && evidence.contains(named), "{report}");
    let variables = [&[("DATABASE_URL", database.url.as_str())][..], &provider].concat();
    let service = Service::with(&format!("{DEFAULT}{SHORT}"), &variables);
    let sign_in = || service.post("/sign-in/social", "", r#"{"provider":"github","callbackURL":"/"}"#).status;
    assert_ne!(sign_in(), 200);
    database.query(fix.split('`').nth(1).unwrap());
    assert_eq!(sign_in(), 200);
    assert_eq!(examined::with(&database.url, SHORT, &provider).status(), 0);
}
