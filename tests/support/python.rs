//! Pythons with the packages of a test, each made once below `target/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// The Python of this name, with the packages of this file of the project. `None` if there is no Python that can make one.
pub fn with(name: &str, requirements: &str) -> Option<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let able = Command::new("python3").args(["-c", "import venv, ensurepip"]).stderr(Stdio::null()).status();
    if !able.is_ok_and(|status| status.success()) {
        return None;
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = fs::read_to_string(project.join(requirements)).unwrap();
    let folder = project.join("target").join(name).join("python");
    let (python, done) = (folder.join("bin/python"), folder.join("requirements.txt"));
    if fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        return Some(python);
    }
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--timeout", "60", "-r"])
        .arg(project.join(requirements)));
    fs::write(done, wanted).unwrap();
    Some(python)
}

/// The Python with the validators of API descriptions. `None` if there is no Python.
pub fn validators() -> Option<PathBuf> {
    let python = with("open_api", "tests/open_api/requirements.txt");
    if python.is_none() {
        println!("skipped: there is no Python 3 with venv; install Debian's packages `python3` and `python3-venv`");
    }
    python
}
