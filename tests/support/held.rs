//! A database in which every writer into a table waits until the test lets go: statements that meet there meet every time.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{LIMIT, postgres::Database};

/// Control over the writers that wait.
pub struct Held<'a>(&'a Database);

impl Held<'_> {
    /// Waits until so many requests wait in the database, here or for each other.
    pub fn waiting(&self, count: usize) {
        self.until(
            "select count(distinct pid) from pg_locks where not granted
            and pid in (select pid from pg_stat_activity where datname = current_database())",
            &count.to_string(),
        );
    }

    /// Lets all writers go, also later ones.
    pub fn let_go(&self) {
        self.0.query("create table let_go ()");
    }

    fn until(&self, sql: &str, value: &str) {
        let begun = Instant::now();
        while self.0.value(sql) != value {
            assert!(begun.elapsed() < LIMIT, "{sql} is not {value}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Does something while each writer that does `what`, as `insert on {session}`, waits.
pub fn held<T>(database: &Database, what: &str, meanwhile: impl FnOnce(&Held<'_>) -> T) -> T {
    database.change(&format!(
        "create function held() returns trigger language plpgsql as
            'begin perform pg_advisory_xact_lock_shared(7); return new; end';
        create trigger held before {what} for each row execute function held()"
    ));
    thread::scope(|scope| {
        scope.spawn(|| {
            database.query(
                "do $$ begin
                    perform pg_advisory_xact_lock(7);
                    -- For a minute at most: a test that fails lets nobody go.
                    for i in 1..6000 loop
                        exit when exists (select 1 from pg_class where relname = 'let_go');
                        perform pg_sleep(0.01);
                    end loop;
                end $$",
            )
        });
        let held = Held(database);
        held.until(
            "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and granted
            and database = (select oid from pg_database where datname = current_database())",
            "1",
        );
        meanwhile(&held)
    })
}
