//! TLS to the database: verified against an authority, by name, with the channel bound to the login.

use std::{fs, path::Path, time::Instant};

use gatepost_cli::{doctor, postgres};
use gatepost_core::{
    check::{self, KnownFacts},
    config::{Config, ConnectionOptions, Source, Variables},
    store::{StoreError, single},
};

use crate::support::{
    LIMIT, SECRET,
    certificates::{certificates, own_authority, secured},
    postgres::{block_on, execute},
    schema,
    server::migrated,
    service::{DEFAULT, Service},
    wire::{Phase, Wire},
};

/// The server's URL by the name in its certificate.
fn url(server: &postgres::Server, parameters: &str) -> String {
    format!("{}?{parameters}", server.url("postgres").replace("127.0.0.1", "localhost"))
}

fn refusal(url: &str) -> String {
    block_on(async { single::connect(url, &ConnectionOptions::default()).await.err().map(|error| error.to_string()) })
        .expect("it was accepted")
}

#[test]
fn a_private_authority_is_believed_where_it_is_named_and_nobody_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let (root, certificate, key) = certificates();
    let (foreign, ..) = certificates();
    let (trusted, other) = (folder.path().join("root.pem"), folder.path().join("other.pem"));
    fs::write(&trusted, &root).unwrap();
    fs::write(&other, &foreign).unwrap();
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-tls-{}", std::process::id()));
    let server = secured(&postgres::Options::for_tests(&data), &certificate, &key);
    let verified = format!("sslmode=verify-full&sslrootcert={}", trusted.display());

    // The server takes its new settings a moment after it was told to.
    let begun = Instant::now();
    while block_on(async { single::connect(&url(&server, &verified), &ConnectionOptions::default()).await.is_err() }) {
        assert!(begun.elapsed() < LIMIT, "{}", refusal(&url(&server, &verified)));
    }
    for parameters in
        [verified.clone(), verified.replace("verify-full", "require"), format!("{verified}&channel_binding=require")]
    {
        let encrypted = block_on(async {
            let client = single::connect(&url(&server, &parameters), &ConnectionOptions::default()).await.unwrap();
            let row =
                client.query_typed_one("select ssl from pg_stat_ssl where pid = pg_backend_pid()", &[]).await.unwrap();
            row.get::<_, bool>(0)
        });
        assert!(encrypted, "{parameters}");
    }

    let of_another = refusal(&url(&server, &format!("sslmode=require&sslrootcert={}", other.display())));
    assert!(of_another.contains("certificate") && of_another.contains("sslrootcert"), "{of_another}");
    let of_nobody = refusal(&url(&server, "sslmode=require"));
    assert!(of_nobody.contains("sslrootcert"), "{of_nobody}");
    let by_another_name = refusal(&url(&server, &verified).replace("localhost", "127.0.0.1"));
    assert!(by_another_name.contains("not valid for name") && by_another_name.contains("a host"), "{by_another_name}");
    let without_a_file = refusal(&url(&server, "sslmode=require&sslrootcert=/nowhere.pem"));
    assert!(without_a_file.contains("/nowhere.pem"), "{without_a_file}");

    // The whole service through it.
    migrated(&url(&server, &verified));
    let service =
        Service::with(DEFAULT, &[("DATABASE_URL", &url(&server, &format!("{verified}&channel_binding=require")))]);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    // Functions have no files: the certificate stands in what is built in. The URL is as the provider wrote it.
    let by_text = |pem: &str| {
        let toml = format!("{DEFAULT}[database]\nroot_certificates = \"\"\"\n{pem}\"\"\"\n");
        let service = Service::with(&toml, &[("DATABASE_URL", &url(&server, "sslmode=require"))]);
        service.get("/get-session", &cookie)
    };
    assert_eq!(by_text(&format!("{foreign}{root}")).json()["user"]["email"], "ada@example.com");
    assert_eq!(by_text(&foreign).status, 503);
    drop(server);
    let _ = fs::remove_dir_all(data);
}

#[test]
fn a_server_whose_certificate_is_its_own_authority_is_believed_if_that_certificate_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (foreign, _) = own_authority(4096);
    for (until, is_valid) in [(4096, true), (2020, false)] {
        let (certificate, key) = own_authority(until);
        let listed = folder.path().join(format!("{until}.pem"));
        fs::write(&listed, format!("{foreign}{certificate}")).unwrap();
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-own-{until}-{}", std::process::id()));
        let server = secured(&postgres::Options::for_tests(&data), &certificate, &key);
        let verified = url(&server, &format!("sslmode=verify-full&sslrootcert={}", listed.display()));
        let tried = |url: &str| {
            let options = ConnectionOptions::default();
            block_on(async { single::connect(url, &options).await.err().map(|error| error.to_string()) })
        };
        // The server takes its new settings a moment after it was told to.
        let begun = Instant::now();
        while tried(&verified).is_some_and(|text| !is_valid || !text.contains("certificate")) {
            let told = tried(&verified).unwrap_or_default();
            if !is_valid && told.contains("expired") {
                break;
            }
            assert!(begun.elapsed() < LIMIT, "{told}");
        }
        assert_eq!(tried(&verified).is_none(), is_valid);
        let by_another_name = refusal(&verified.replace("localhost", "127.0.0.1"));
        assert!(by_another_name.contains("not valid for name") || !is_valid, "{by_another_name}");
        fs::write(&listed, &foreign).unwrap();
        for parameters in [verified.clone(), url(&server, "sslmode=require")] {
            let of_nobody = refusal(&parameters);
            assert!(of_nobody.contains("sslrootcert") || !is_valid, "{of_nobody}");
        }
        drop(server);
        let _ = fs::remove_dir_all(data);
    }
}

#[test]
fn tls_may_begin_with_the_first_byte_where_the_server_knows_it() {
    let folder = tempfile::tempdir().unwrap();
    let (root, certificate, key) = certificates();
    let trusted = folder.path().join("root.pem");
    fs::write(&trusted, root).unwrap();
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-direct-{}", std::process::id()));
    // Version 17 was the first to know it; what a machine has installed may be older.
    let options = postgres::Options { source: postgres::Source::Download, ..postgres::Options::for_tests(&data) };
    let server = secured(&options, &certificate, &key);
    let direct = format!("sslmode=verify-full&sslnegotiation=direct&sslrootcert={}", trusted.display());
    let wire = Wire::new(&url(&server, &direct));
    let through = wire.url.replace("127.0.0.1", "localhost");
    let begun = Instant::now();
    let encrypted = loop {
        let answer = block_on(async {
            let client = single::connect(&through, &ConnectionOptions::default()).await?;
            let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
            Ok::<_, StoreError>(client.query_typed_one(sql, &[]).await?.get::<_, bool>(0))
        });
        match answer {
            Ok(encrypted) => break encrypted,
            Err(error) => assert!(begun.elapsed() < LIMIT, "{error}"),
        }
    };
    assert!(encrypted);
    // The client did not ask whether the server speaks TLS: the first byte was a handshake's.
    assert_eq!(wire.first_byte(), Some(22));
    drop(server);
    let _ = fs::remove_dir_all(data);
}

/// Whether the connection is encrypted; else why there is none.
fn encrypted(url: &str) -> Result<bool, String> {
    block_on(async {
        let client = single::connect(url, &ConnectionOptions::default()).await?;
        let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        Ok::<_, StoreError>(client.query_typed_one(sql, &[]).await?.get::<_, bool>(0))
    })
    .map_err(|error| error.to_string())
}

#[test]
fn a_certificate_is_not_verified_on_this_machine_or_where_the_url_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (_, certificate, key) = certificates();
    let (foreign, ..) = certificates();
    let other = folder.path().join("other.pem");
    fs::write(&other, &foreign).unwrap();
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-any-{}", std::process::id()));
    let server = secured(&postgres::Options::for_tests(&data), &certificate, &key);
    // As psql uses it: encrypted if the server has TLS, with any certificate.
    let begun = Instant::now();
    while encrypted(&server.url("postgres")) != Ok(true) {
        assert!(begun.elapsed() < LIMIT, "{:?}", encrypted(&server.url("postgres")));
    }
    for parameters in
        ["", "sslmode=prefer", "sslmode=allow", "channel_binding=require", "sslmode=no-verify", "ssl=no-verify"]
    {
        assert_eq!(encrypted(&url(&server, parameters)), Ok(true), "{parameters}");
        assert_eq!(encrypted(&format!("{}?{parameters}", server.url("postgres"))), Ok(true), "{parameters}");
    }
    // A file of authorities is there to be believed, and `require` to be sure.
    for parameters in [format!("sslrootcert={}", other.display()), "sslmode=require".to_owned()] {
        let refusal = encrypted(&url(&server, &parameters)).unwrap_err();
        assert!(refusal.contains("certificate") && refusal.contains("`sslmode=no-verify`"), "{refusal}");
    }

    // A name of elsewhere, and the address that some resolver gives for it.
    let elsewhere = |parameters: &str| {
        let url = server.url("postgres").replace("127.0.0.1", "db.example.com");
        format!("{url}?hostaddr=127.0.0.1&{parameters}")
    };
    for parameters in ["", "sslmode=prefer", "sslmode=require", "sslmode=verify-full"] {
        assert!(encrypted(&elsewhere(parameters)).is_err(), "{parameters}");
    }
    let unverified = elsewhere("sslmode=no-verify");
    assert_eq!(encrypted(&unverified), Ok(true));
    migrated(&unverified);
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &unverified)]);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");

    // The notices of the deployment say so, and so does the log when a process starts.
    let notices: Vec<_> = service.auth.notices().collect();
    assert!(
        matches!(notices.as_slice(), [line] if line.contains("no-verify") && line.contains("\"DATABASE_URL\"")),
        "{notices:?}"
    );
    let variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", unverified.as_str())];
    let variables: Variables =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    fs::write(folder.path().join("gatepost.toml"), schema::configured(DEFAULT)).unwrap();
    let report = block_on(doctor::local(folder.path(), &variables, None)).unwrap();
    let told = report.findings.iter().find(|finding| finding.check == "database").unwrap();
    assert!(
        told.evidence.contains("is not verified") && told.fix.as_deref().unwrap_or_default().contains("no-verify"),
        "{report}"
    );
    let (config, problems) = Config::examine(&variables, Some(Source { name: "gatepost.toml", text: DEFAULT }));
    let found = check::environment(&variables, &config, &problems, &KnownFacts::default()).to_string();
    assert!(found.contains("warning  DATABASE_URL: with `sslmode=no-verify`"), "{found}");
    // Encrypted it is in any case.
    execute(&url(&server, "sslmode=disable"), "alter system set ssl = off");
    execute(&url(&server, "sslmode=disable"), "select pg_reload_conf()");
    let begun = Instant::now();
    while !encrypted(&unverified).is_err_and(|refusal| refusal.contains("does not support TLS")) {
        assert!(begun.elapsed() < LIMIT, "{:?}", encrypted(&unverified));
    }
    drop(server);
    let _ = fs::remove_dir_all(data);
}

#[test]
fn a_handshake_is_one_round_trip_although_the_server_accepts_p_256_alone() {
    let (_, certificate, key) = certificates();
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-group-{}", std::process::id()));
    let mut options = postgres::Options::for_tests(&data);
    // The default before version 18.
    options.settings.push(("ssl_ecdh_curve".to_owned(), "prime256v1".to_owned()));
    let server = secured(&options, &certificate, &key);
    let wire = Wire::new(&url(&server, "sslmode=no-verify"));
    let begun = Instant::now();
    let phases = loop {
        let connected = block_on(async { single::connect(&wire.url, &ConnectionOptions::default()).await.is_ok() });
        let phases = wire.phases();
        if connected {
            break phases;
        }
        assert!(begun.elapsed() < LIMIT, "the server does not speak TLS");
    };
    // The start of the session and the two messages of the login are encrypted.
    let encrypted = [Phase::Encrypted; 3];
    assert_eq!(phases, [&[Phase::Tcp, Phase::TlsRequest, Phase::Handshake][..], &encrypted].concat());
    drop(server);
    let _ = fs::remove_dir_all(data);
}
