//! A disk that is full for good: machines are watched all the same, and people are told.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::serving::{Serving, room_with_model, wait};

#[test]
fn a_full_disk_ends_no_alarm_and_is_one_itself() {
    child_test::passes_on_a_small_disk("size=8m", "serving_told::child_tells");
}

/// What a webhook is told, in short, as it comes.
type Told = Arc<Mutex<Vec<String>>>;

fn receiver() -> (SocketAddr, Told) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, told) = (listener.local_addr().unwrap(), Told::default());
    let all = Arc::clone(&told);
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut reader = BufReader::new(&mut stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim_end().to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                } else if line.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            let word = |name: &str| body[name].as_str().unwrap_or("server").to_owned();
            let short = format!("{} {} {}", word("device"), word("kind"), word("transition"));
            all.lock().unwrap().push(short);
            let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            stream.write_all(answer).unwrap();
        }
    });
    (address, told)
}

/// Fills what is left of the disk.
fn fill(file: &mut File) {
    while file.write_all(&[1; 4096]).is_ok() {}
}

#[test]
#[ignore = "run by a_full_disk_ends_no_alarm_and_is_one_itself"]
fn child_tells() {
    let (room, disk) = (room_with_model(), child_test::folder());
    let (hook, told) = receiver();
    let config = format!(
        "[[webhooks]]\nname = \"hall\"\nurl = \"http://{hook}/\"\n\n[[commands]]\nname = \"note\"\nprogram = \"sh\"\n\
         args = [\"-c\", 'echo \"${{JUDDER_DEVICE:-server}} $JUDDER_KIND $JUDDER_TRANSITION\" >> told']\n"
    );
    room.write("judder.toml", config);
    let line = format!("serve fan.json -d {}/data --config judder.toml", disk.display());
    let serving = Serving::start(&room, &line);
    let mut sequence = 80;
    let mut post = |state: &str| {
        sequence += 1;
        serving.post("fan", sequence, state).0
    };
    (0..10).for_each(|_| assert_eq!(post("low"), 201));
    let path = disk.join("filler");
    let mut filler = File::create(&path).unwrap();
    // The reserve and the log leave a little room; then there is none.
    let mut refused = 0;
    while refused < 3 {
        fill(&mut filler);
        refused = if post("low") == 507 { refused + 1 } else { 0 };
    }
    (0..5).for_each(|_| assert_eq!(post("low+coin"), 507));
    let has = |words: &str| told.lock().unwrap().iter().any(|one| one == words);
    wait("the anomaly", || has("fan anomaly raised"));
    wait("the disk", || has("server disk raised"));
    let alerts = serving.get("/api/v1/alerts?open=true")["alerts"].clone();
    let kinds: Vec<_> = { alerts.as_array().unwrap().iter() }.map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["disk", "anomaly"]);
    assert_eq!(serving.get("/api/v1/fleet")["devices"][0]["state"], "anomaly");
    assert_eq!(serving.ask("GET", "/readyz", &[]).unwrap().0, 503);
    // With room again it goes on by itself, without anything that is sent.
    drop(filler);
    fs::remove_file(&path).unwrap();
    wait("the disk has room", || has("server disk cleared"));
    wait("ready", || serving.ask("GET", "/readyz", &[]).unwrap().0 == 200);
    (0..12).for_each(|_| assert_eq!(post("low"), 201));
    wait("all is well", || has("fan anomaly cleared"));
    // Each thing once, to each of them.
    let all =
        ["fan anomaly cleared", "fan anomaly raised", "server disk cleared", "server disk raised"];
    let mut heard = told.lock().unwrap().clone();
    let lines = || fs::read_to_string(room.path("told")).unwrap_or_default();
    wait("the command", || lines().lines().count() >= all.len());
    let (code, said) = serving.end("TERM");
    assert_eq!(code, Some(0), "{said}");
    let mut noted: Vec<_> = lines().lines().map(str::to_owned).collect();
    heard.sort();
    noted.sort();
    assert_eq!((heard, noted), (all.map(str::to_owned).to_vec(), all.map(str::to_owned).to_vec()));
    // It is all in the history.
    let serving = Serving::start(&room, &line);
    let alerts = serving.get("/api/v1/alerts")["alerts"].clone();
    assert_eq!(alerts.as_array().unwrap().len(), 2, "{alerts}");
    assert!(alerts.as_array().unwrap().iter().all(|one| one["cleared"].is_i64()), "{alerts}");
    serving.end("TERM");
}
