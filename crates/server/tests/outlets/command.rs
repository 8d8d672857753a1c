//! What a command is given, and what becomes of one that fails or hangs.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use judder_server::{Command, Failure, Outlet, Retry};

use crate::desk::{MARKUP, message};

const LIMIT: Duration = Duration::from_secs(60);

fn run(folder: &Path, script: &str, limit: Duration) -> Result<(), Failure> {
    let script = format!("cd \"$0\" && {script}");
    let arguments = ["-c", &script, folder.to_str().unwrap(), MARKUP].map(str::to_owned).to_vec();
    Command::new("/bin/sh", arguments, limit).tell(&message())
}

#[test]
fn the_alert_is_in_its_environment_and_on_its_input() {
    let folder = tempfile::tempdir().unwrap();
    let script = "cat > input; printf %s \"$1\" > argument; echo said; echo more >&2
        printf '%s\\n' \"$JUDDER_DEVICE\" \"$JUDDER_WORDS\" > text
        echo $JUDDER_ALERT $JUDDER_KIND $JUDDER_TRANSITION $JUDDER_RAISED_AT $JUDDER_SCORE \
            \"[$JUDDER_CLEARED_AT]\" $JUDDER_LINK > rest";
    run(folder.path(), script, LIMIT).unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    // What cannot be in an environment is a blank.
    assert_eq!(read("text"), format!("{MARKUP}\n{MARKUP} end\n"));
    assert_eq!(read("argument"), MARKUP);
    let rest = "7 anomaly raised 2026-01-02T03:04:05.000Z 12.5 [] http://judder.local/\n";
    assert_eq!(read("rest"), rest);
    let value: serde_json::Value = serde_json::from_str(&read("input")).unwrap();
    assert_eq!(value["device"], MARKUP);
    // None of it was run.
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["argument", "input", "rest", "text"]);
}

#[test]
fn one_that_fails_or_is_not_there_is_tried_later() {
    let folder = tempfile::tempdir().unwrap();
    let failure = run(folder.path(), "exit 3", LIMIT).unwrap_err();
    assert!(failure.reason.contains("exit status: 3"), "{failure:?}");
    assert_eq!(failure.retry, Retry::Later);
    let failure = Command::new("/no/such/program", Vec::new(), LIMIT).tell(&message()).unwrap_err();
    assert!(failure.reason.contains("`/no/such/program` could not be started"), "{failure:?}");
}

#[test]
fn one_that_reads_nothing_and_says_much_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "exec <&-; head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2", LIMIT)
        .unwrap();
}

#[test]
fn one_that_hangs_is_killed_with_what_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let script = "(while :; do sleep 0.01; echo >> alive; done) & wait";
    let failure = run(folder.path(), script, Duration::from_millis(500)).unwrap_err();
    assert!(failure.reason.contains("took longer than 500ms and was killed"), "{failure:?}");
    // What it started writes no more: its file stays as it is, however often it is looked at.
    let length = || fs::metadata(folder.path().join("alive")).map_or(0, |alive| alive.len());
    let deadline = Instant::now() + Duration::from_secs(30);
    let (mut before, mut since) = (length(), Instant::now());
    while since.elapsed() < Duration::from_secs(1) {
        if length() != before {
            (before, since) = (length(), Instant::now());
        }
        assert!(Instant::now() < deadline, "it is still there");
        std::thread::yield_now();
    }
}

/// The test runs itself once more with secrets in its environment.
#[test]
fn secrets_of_the_environment_are_not_its_business() {
    const AGAIN: &str = "COMMAND_TEST_AGAIN";
    let folder = std::env::var_os(AGAIN);
    let Some(folder) = folder else {
        let folder = tempfile::tempdir().unwrap();
        let name = "secrets_of_the_environment_are_not_its_business";
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args([name, "--include-ignored"])
            .env(AGAIN, folder.path())
            .env("JUDDER_TOKEN", "SECRET-1")
            .env("JUDDER_CONFIG", "SECRET-2")
            .env("HOOK", "SECRET-3")
            .env("NOTIFY_SOCKET", "SECRET-4")
            .env("KEPT", "of-the-user")
            .output()
            .unwrap();
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
        let told = fs::read_to_string(folder.path().join("environment")).unwrap();
        assert!(!told.contains("SECRET-"), "{told}");
        for line in ["KEPT=of-the-user", "JUDDER_KIND=anomaly"] {
            assert!(told.lines().any(|one| one == line), "{told}");
        }
        return;
    };
    let arguments = vec![
        "-c".to_owned(),
        "env > \"$0\"/environment".to_owned(),
        folder.to_str().unwrap().to_owned(),
    ];
    let command = Command::new("/bin/sh", arguments, LIMIT).without(vec!["HOOK".to_owned()]);
    { command }.tell(&message()).unwrap();
}
