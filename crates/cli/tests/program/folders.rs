//! The folder that all is kept in: whose it is, who may read it, and what in it is no file.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::room::Room;
use crate::serving::Serving;
use crate::serving_killed::post;

#[test]
fn a_folder_is_of_one_program_and_of_nobody_once_that_is_killed() {
    let room = Room::with_model();
    fs::create_dir(room.path("data")).unwrap();
    symlink(room.path("data"), room.path("link")).unwrap();
    let at = "--address 127.0.0.1 -p 0 -t 1";
    for first in ["serve m.json -d data", "collect -d data", "collect --sessions -d data"] {
        let serving = Serving::start(&room, first);
        for second in [
            "serve m.json -d link",
            "serve m.json -d data",
            "collect -d link",
            "collect --sessions -d data",
        ] {
            let ended = room.judder(&format!("{second} {at}")).ended(1);
            assert!(
                ended.stderr.contains("is in use: another judder"),
                "{first}, {second}: {}",
                ended.stderr
            );
        }
        if first.starts_with("serve") {
            // Sessions within it are its own.
            let begun = serving.ask("POST", "/api/v1/session", br#"{"label":"low"}"#).unwrap();
            assert_eq!(begun.0, 201, "{}", begun.1);
            assert_eq!(serving.post("a", 0, "low").0, 201);
            serving.ask("DELETE", "/api/v1/session", &[]).unwrap();
        }
        serving.end("KILL");
    }
    assert_eq!(Serving::start(&room, "serve m.json -d link").end("TERM").0, Some(0));
}

#[test]
fn what_a_server_keeps_is_its_owners_alone_whatever_the_umask() {
    let room = Room::with_model();
    let program = env!("CARGO_BIN_EXE_judder");
    let mut command = room.command();
    // A shell in between sets the umask.
    command = {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "umask 000; exec \"$0\" \"$@\"", program]);
        shell.env("TMPDIR", room.path("")).current_dir(room.path("")).stdin(Stdio::null());
        drop(command);
        shell
    };
    let serving = Serving::within(command, "serve m.json -d new/data");
    for number in 0..3 {
        assert_eq!(post(serving.address, 0, number).unwrap().0, 201);
    }
    serving.ask("POST", "/api/v1/session", br#"{"label":"low"}"#).unwrap();
    assert_eq!(post(serving.address, 0, 3).unwrap().0, 201);
    let model = room.read("m.json");
    assert_eq!(serving.ask("PUT", "/api/v1/models/sent", &model).unwrap().0, 201);
    serving.get("/api/v1/fleet");
    room.judder("history backup new/data copy").well();
    let mode = |path: &Path| room.path(path).metadata().unwrap().permissions().mode() & 0o777;
    let mut looked = 0;
    for path in room.all() {
        let is_private = path.starts_with("new/data") || path.starts_with("copy");
        // Labelled recordings are as the umask has them, for who opens the folder to share them.
        let is_labelled = path.components().any(|part| part.as_os_str() == "low");
        if !is_private || is_labelled {
            continue;
        }
        let expected = if room.path(&path).is_dir() { 0o700 } else { 0o600 };
        // What is in there of SQLite's own may come and go.
        if room.path(&path).exists() {
            assert_eq!(mode(&path), expected, "{}", path.display());
            looked += 1;
        }
    }
    assert!(looked > 12, "{looked}");
    assert!(!serving.said().contains("others can look"), "{}", serving.said());
    serving.end("KILL");
    // One that is open already stays so, and that is said.
    fs::set_permissions(room.path("new/data"), fs::Permissions::from_mode(0o755)).unwrap();
    let serving = Serving::start(&room, "serve m.json -d new/data");
    assert!(serving.said().contains("others can look into the folder"), "{}", serving.said());
    assert_eq!(mode(Path::new("new/data")), 0o755);
    serving.end("TERM");
    // Without a folder what is kept is in a temporary one.
    let serving = Serving::within(
        {
            let mut shell = std::process::Command::new("sh");
            shell.args(["-c", "umask 000; exec \"$0\" \"$@\"", program]);
            fs::create_dir(room.path("tmp")).unwrap();
            shell.env("TMPDIR", room.path("tmp")).stdin(Stdio::null());
            shell
        },
        "serve",
    );
    serving.end("KILL");
    let left: Vec<_> = fs::read_dir(room.path("tmp")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left.len(), 1);
    assert_eq!(mode(&left[0]), 0o700);
}

/// What judder 0.1.0 left when it was killed, with its configuration and model, goes on; and can be gone back to.
#[test]
fn what_is_no_file_is_named_and_not_waited_for() {
    let room = Room::with_model();
    let made = std::process::Command::new("mkfifo").arg(room.path("pipe")).status();
    assert!(made.unwrap().success());
    fs::create_dir(room.path("folder")).unwrap();
    let begun = Instant::now();
    let at = "--address 127.0.0.1 -p 0 -t 1";
    for (line, words) in [
        ("serve --config pipe", ["pipe", "it is a pipe or a device; give a file"]),
        ("serve --config folder", ["folder", "it is a folder; give a file"]),
        ("serve --token-file pipe", ["pipe", "it is a pipe or a device; give a file"]),
        ("serve --token-file folder", ["folder: the token cannot be read", "it is a folder"]),
        ("serve pipe", ["pipe", "it is a pipe or a device; give a file"]),
        ("serve m.json -d data --keep-bytes 100kB", ["retention.bytes", "at least 2 MB"]),
    ] {
        room.refused(&format!("{line} {at}"), 1, &words);
    }
    let made = std::process::Command::new("sh")
        .args(["-c", "mkdir data && mkfifo data/session.json"])
        .current_dir(room.path(""))
        .status();
    assert!(made.unwrap().success());
    let serving = Serving::start(&room, "serve m.json -d data");
    serving.wait_for("session.json cannot be read: it is a pipe or a device");
    serving.end("TERM");
    fs::remove_file(room.path("data/session.json")).unwrap();
    // One that is none is told of once.
    for note in
        ["{", r#"{"label":"low","device":null,"seconds":-1,"recordings":null,"started":0,"had":0}"#]
    {
        room.write("data/session.json", note);
        fs::create_dir_all(room.path("data/low")).unwrap();
        let serving = Serving::start(&room, "serve m.json -d data");
        serving.wait_for("session.json is not what judder wrote");
        serving.end("TERM");
        assert_eq!(room.read("data/session.json.damaged"), note.as_bytes());
        assert!(!room.path("data/session.json").exists());
    }
    assert!(begun.elapsed() < Duration::from_secs(120));
    for blank in ["", " "] {
        let mut command = room.command();
        command.env("JUDDER_PORT", blank).args(["serve", "m.json"]);
        let ended = command.output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert!(said.contains("JUDDER_PORT is in the environment, and empty"), "{said}");
    }
}

#[test]
fn where_too_many_files_are_open_that_is_said() {
    let room = Room::with_model();
    let script = "ulimit -n 16; exec judder serve m.json -d data --address 127.0.0.1 -p 0 -t 1";
    let ended = room.shell(script);
    let said = &ended.stderr;
    assert!(said.contains("Too many open files"), "{said}");
    assert!(!said.contains("check that the folder is there"), "{said}");
}
