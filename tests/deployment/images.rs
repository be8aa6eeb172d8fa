//! The image that `deploy/image` writes, and the other files of `deploy/`.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn done(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Writes the image of a binary, and returns the folder with its layout.
fn image(folder: &Path, name: &str) -> PathBuf {
    let (binary, archive, layout) =
        (folder.join("binary"), folder.join(format!("{name}.tar")), folder.join(format!("{name}-layout")));
    fs::write(&binary, "the binary").unwrap();
    done(Command::new(project().join("deploy/image")).args([&binary, &archive]).arg("gatepost:test"));
    fs::create_dir(&layout).unwrap();
    done(Command::new("tar").arg("--extract").arg("--directory").arg(&layout).arg("--file").arg(&archive));
    layout
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn the_image_has_one_program_for_a_user_without_rights_and_every_digest_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let layout = image(folder.path(), "first");
    let blob = |descriptor: &Value| {
        let name = descriptor["digest"].as_str().unwrap();
        let bytes = fs::read(layout.join("blobs").join(name.replace(':', "/"))).unwrap();
        assert_eq!((digest(&bytes).as_str(), bytes.len() as u64), (name, descriptor["size"].as_u64().unwrap()));
        bytes
    };
    assert_eq!(json(&fs::read(layout.join("oci-layout")).unwrap())["imageLayoutVersion"], "1.0.0");
    let index = json(&fs::read(layout.join("index.json")).unwrap());
    let manifest = json(&blob(&index["manifests"][0]));
    let config = json(&blob(&manifest["config"]));
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
    blob(&manifest["layers"][0]);

    let user = config["config"]["User"].as_str().unwrap();
    assert!(!user.starts_with('0') && user.bytes().all(|byte| byte.is_ascii_digit() || byte == b':'), "{user}");
    let packed = layout.join("blobs").join(manifest["layers"][0]["digest"].as_str().unwrap().replace(':', "/"));
    let layer = done(Command::new("gzip").arg("-dc").stdin(fs::File::open(packed).unwrap()));
    assert_eq!(config["rootfs"]["diff_ids"][0], digest(&layer));

    let tar = folder.path().join("layer.tar");
    fs::write(&tar, layer).unwrap();
    let listed = String::from_utf8(done(Command::new("tar").args(["--list", "--file"]).arg(&tar))).unwrap();
    let files: Vec<&str> = listed.lines().filter(|line| !line.ends_with('/')).collect();
    assert_eq!(files, ["etc/gatepost/gatepost.toml", "etc/gatepost/mails/README.md", "gatepost-serve"]);
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    done(Command::new("tar").arg("--extract").arg("--directory").arg(&root).arg("--file").arg(&tar));
    assert_eq!(fs::metadata(root.join("gatepost-serve")).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(config["config"]["Entrypoint"][0], "/gatepost-serve");
    assert_eq!(config["config"]["WorkingDir"], "/etc/gatepost");
    let of_docker = json(&fs::read(layout.join("manifest.json")).unwrap());
    assert_eq!(of_docker[0]["RepoTags"][0], "gatepost:test");
    assert!(layout.join(of_docker[0]["Config"].as_str().unwrap()).exists());
}

#[test]
fn the_same_files_make_the_same_image() {
    let folder = tempfile::tempdir().unwrap();
    image(folder.path(), "first");
    // Later, and with another umask, it is the same.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    image(folder.path(), "second");
    let archive = |name: &str| digest(&fs::read(folder.path().join(name)).unwrap());
    assert_eq!(archive("first.tar"), archive("second.tar"));
}

/// The image has no other description: both ways of making it must agree.
#[test]
fn the_dockerfile_makes_the_image_of_the_script() {
    let folder = tempfile::tempdir().unwrap();
    let layout = image(folder.path(), "first");
    let index = json(&fs::read(layout.join("index.json")).unwrap());
    let read = |descriptor: &Value| {
        let name = descriptor["digest"].as_str().unwrap().replace(':', "/");
        json(&fs::read(layout.join("blobs").join(name)).unwrap())
    };
    let config = read(&read(&index["manifests"][0])["config"])["config"].clone();
    let file = fs::read_to_string(project().join("deploy/Dockerfile")).unwrap();
    let (_, last) = file.split_once("FROM scratch\n").unwrap();
    let line = |name: &str| {
        let found = last.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
        found.trim().to_owned()
    };
    assert_eq!(line("USER "), config["User"]);
    assert_eq!(line("WORKDIR "), config["WorkingDir"]);
    assert_eq!(line("STOPSIGNAL "), config["StopSignal"]);
    assert_eq!(json(line("ENTRYPOINT ").as_bytes()), config["Entrypoint"]);
    assert!(config["ExposedPorts"].get(format!("{}/tcp", line("EXPOSE "))).is_some());
    let test = json(line("HEALTHCHECK CMD ").as_bytes());
    assert_eq!(config["Healthcheck"]["Test"].as_array().unwrap()[1..], test.as_array().unwrap()[..]);
}

/// A file that the compose file mounts must be one that the service reads.
#[test]
fn the_configuration_of_the_compose_file_is_read_without_a_problem() {
    use gatepost_core::{
        Config,
        config::{Source, Variables},
    };
    let text = fs::read_to_string(project().join("deploy/compose.toml")).unwrap();
    let pairs = [
        ("BETTER_AUTH_SECRET", crate::support::SECRET),
        ("BETTER_AUTH_URL", "http://localhost:3000"),
        ("DATABASE_URL", "postgres://postgres:secret@postgres/postgres?sslmode=disable"),
        ("REDIS_URL", "redis://redis:6379"),
    ];
    let variables: Variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    let config = Config::load(&variables, Some(Source { name: "compose.toml", text: &text })).unwrap();
    assert!(config.secondary_storage.is_some());
    gatepost_core::Auth::new(config, gatepost_cli::edge::now).unwrap_or_else(|problems| panic!("{problems}"));
    let compose = fs::read_to_string(project().join("deploy/compose.yaml")).unwrap();
    for (name, _) in pairs {
        assert!(compose.contains(&format!("      {name}: ")), "{name}");
    }
}
