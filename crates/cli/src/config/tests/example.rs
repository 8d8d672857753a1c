//! The example in `packaging/` is right in what it says and in what it only shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{of, of_file, parsed};

fn example() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/judder.toml");
    fs::read_to_string(path).unwrap()
}

/// Each line that is commented out and could be of a file is one.
fn uncommented() -> String {
    let lines = example();
    let lines = lines.lines().map(|line| {
        let rest = line.strip_prefix("# ").unwrap_or(line);
        let key = rest.split([' ', '=']).next().unwrap_or_default();
        let begins = rest.starts_with('[')
            || rest.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "));
        if begins { rest } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn as_it_is_it_changes_nothing() {
    let (plain, given) = (of(&[]).unwrap(), of_file(&example()).unwrap());
    assert_eq!(given.shown(), plain.shown());
}

#[test]
fn each_key_that_it_shows_exists_and_each_that_exists_is_shown() {
    let text = uncommented();
    let file = parsed(&text);
    // All fields that may be left out are there, by what is written of them.
    let whole = toml::to_string(&file).unwrap();
    let keys = |text: &str| -> BTreeSet<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
    };
    assert_eq!(keys(&whole), keys(&text));
    for missing in [
        file.address.is_none(),
        file.port.is_none(),
        file.dir.is_none(),
        file.models.is_none(),
        file.durable.is_none(),
        file.page.is_none(),
        file.token.is_none(),
        file.token_file.is_none(),
        file.public_url.is_none(),
        file.trusted_proxies.is_none(),
        file.trust_loopback.is_none(),
        file.require_keys.is_none(),
        file.unit.is_none(),
        file.silent_after.is_none(),
        file.unjudged_after.is_none(),
        file.votes.is_none(),
        file.clear.is_none(),
    ] {
        assert!(!missing, "{text}");
    }
    let retention = file.retention.unwrap();
    assert!(retention.scores.and(retention.readings).is_some() && retention.bytes.is_some());
    let limits = file.limits.unwrap();
    assert!(limits.body.is_some() && limits.connections.is_some());
    assert!(limits.peer_connections.and(limits.peer_requests).is_some());
    let log = file.log.unwrap();
    assert!(log.format.is_some() && log.level.is_some());
    let pump = &file.devices.unwrap()["pump"];
    assert!(pump.model.is_some() && pump.key.is_some() && pump.key_file.is_some());
    let hook = &file.webhooks.unwrap()[0];
    assert!(hook.secret.is_some() && hook.secret_file.is_some() && hook.secret_env.is_some());
    assert!(file.commands.unwrap()[0].seconds.is_some());
}

#[test]
fn the_defaults_that_it_shows_are_those_that_hold() {
    let (shown, plain) = (parsed(&uncommented()), of(&[]).unwrap().shown());
    assert_eq!((shown.address, shown.port), (plain.address, plain.port));
    assert_eq!((shown.durable, shown.page), (plain.durable, plain.page));
    assert_eq!(shown.require_keys, plain.require_keys);
    assert_eq!(shown.trust_loopback, plain.trust_loopback);
    assert_eq!((shown.votes, shown.clear), (plain.votes, plain.clear));
    assert_eq!((shown.limits, shown.log), (plain.limits, plain.log));
    let (shown, plain) = (shown.retention.unwrap(), plain.retention.unwrap());
    assert_eq!((shown.scores, shown.readings), (plain.scores, plain.readings));
}

#[test]
fn it_tells_about_the_words_of_help() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging");
    let unit = fs::read_to_string(folder.join("judder.service")).unwrap();
    // What the unit starts is read by our parser, and by no shell.
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!(words[..2], ["/usr/bin/judder", "serve"], "{line}");
    let rest: Vec<&str> = words[2..].iter().map(|word| word.trim_start_matches('-')).collect();
    assert_eq!(rest, ["config", "/etc/judder/judder.toml", "dir", "/var/lib/judder"]);
}
