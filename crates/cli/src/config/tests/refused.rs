//! What is wrong in a file is named with its line and key.

use std::fs;

use super::{Environment, TOKEN, of, refusal, within};

/// What is said names all of these.
#[track_caller]
fn says(text: &str, words: &[&str]) {
    let said = refusal(text);
    assert!(said.contains("judder.toml") || !words.contains(&"line"), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
}

#[test]
fn unknown_keys_are_named_with_those_that_there_are() {
    says("\nprot = 1\n", &["judder.toml, line 2: ", "prot", "`port`"]);
    says("[log]\nlevle = 'info'\n", &["line 2: ", "log", "levle", "`level`"]);
    says("[devices.pump]\nmodle = 'a'\n", &["line 2: ", "devices.pump", "`model`"]);
    says("[[webhooks]]\nname = 'a'\nurl = 'http://a'\nretries = 3\n", &["line 4: ", "retries"]);
    says("[serve]\nport = 1\n", &["line 1: ", "serve"]);
}

#[test]
fn other_types_and_bad_values_are_named_with_what_is_right() {
    says("port = '1337'\n", &["line 1: ", "port: ", "a whole number from 0 to 65535"]);
    says("port = 70000\n", &["line 1: ", "port: ", "a whole number from 0 to 65535"]);
    says("trusted_proxies = ['me']\n", &["line 1: ", "trusted_proxies", "as 10.1.0.0/16"]);
    says("trusted_proxies = ['::/0']\n", &["trusted_proxies", "every address"]);
    says("trusted_proxies = '::1'\n", &["trusted_proxies: ", "a list"]);
    says("public_url = 'fans.example'\n", &["line 1: ", "public_url: ", "https://"]);
    says("durable = 1\n", &["line 1: ", "durable: ", "true or false"]);
    says("address = 'here'\n", &["line 1: ", "address: ", "address"]);
    says("models = 'a.json'\n", &["line 1: ", "models: ", "a list"]);
    says("\n\nclear = 1.5\n", &["line 3: ", "clear: ", "at most 1"]);
    says("clear = '1'\n", &["clear: ", "a number"]);
    says("votes = '4/3'\n", &["votes: ", "as 3/5"]);
    says("votes = 3\n", &["votes: ", "as \"3/5\""]);
    says("silent_after = 30\n", &["silent_after: ", "as \"30 d\""]);
    says("silent_after = '30'\n", &["silent_after: ", "30 s"]);
    says("silent_after = '0 s'\n", &["silent_after: ", "above 0"]);
    says("[limits]\nbody = '4 XB'\n", &["line 2: ", "limits.body: ", "4 MB"]);
    says("[log]\nlevel = 'loud'\n", &["line 2: ", "log.level: ", "`info`"]);
    says(
        "[limits]\npeer_requests = -1\n",
        &["limits.peer_requests: ", "a whole number of 0 or more"],
    );
}

#[test]
fn what_is_no_toml_is_named_with_its_line() {
    says("port = 1\nport = 2\n", &["line 2: ", "port"]);
    says("port = 1\nthis is none\n", &["line 2: "]);
    says("[log\n", &["line 1: "]);
    says("[[webhooks]]\nurl = 'http://a'\n", &["line 1: ", "name"]);
}

#[test]
fn what_does_not_go_together_is_named_with_its_key() {
    says("[limits]\nconnections = 0\n", &["limits.connections: ", "at least 1"]);
    says("require_keys = true\n", &["require_keys: ", "[devices.NAME]"]);
    says("token = 'short'\n", &["token", "16 to 256", "openssl"]);
    says("token = 'the-token-0123456789'\ntoken_file = 'a'\n", &["token", "leave one"]);
    says("[devices.'a/b']\nmodel = 'a'\n", &["devices.a/b: ", "letters"]);
    says("[devices.a]\nkey = 'short'\n", &["devices.a.key: ", "16"]);
    says(
        "[devices.a]\nkey = 'the-key-0123456789'\nkey_file = 'b'\n",
        &["devices.a.key: key, key_file are ways to say one thing"],
    );
    says("[devices.a]\nkey_file = 'none'\n", &["devices.a.key_file: ", "none", "cannot be read"]);
    let twice = "[[webhooks]]\nname = 'a'\nurl = 'http://a'\n";
    says(&twice.repeat(2), &["webhooks.a: ", "twice"]);
    says("[[webhooks]]\nname = 'a'\nurl = 'ftp://a'\n", &["webhooks.a.url: ", "https://"]);
    says(
        &format!("{twice}secret_env = 'JUDDER_TEST_NOT_SET'\n"),
        &["webhooks.a.secret_env: ", "JUDDER_TEST_NOT_SET"],
    );
    says(
        &format!("{twice}secret_env = 'A'\nsecret_file = 'b'\n"),
        &["webhooks.a.secret: ", "leave one"],
    );
    says("[[commands]]\nname = 'a'\nprogram = ''\n", &["commands.a: ", "program"]);
    says("[[commands]]\nname = 'a b'\nprogram = '/bin/true'\n", &["commands.a b: ", "letters"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.toml");
    let said = of(&["--config", path.to_str().unwrap()]).unwrap_err().to_string();
    assert!(said.starts_with(path.to_str().unwrap()), "{said}");
    fs::write(&path, b"\xff\xfe").unwrap();
    let said = of(&["--config", path.to_str().unwrap()]).unwrap_err().to_string();
    assert!(said.starts_with(path.to_str().unwrap()), "{said}");
}

#[test]
fn a_secret_is_not_repeated_whatever_is_wrong_with_it() {
    for text in [
        "token = 'the secret 0123456789'\n",
        "token = ['the-secret-0123456789']\n",
        "token = 1234567890123456789\n",
        "token = 'the-secret-0123456789\n",
        "token = the-secret-0123456789\n",
        "token = 'the-secret-0123456789' x\n",
        "token = 'the-secret-0123456789'\nport = 'x'\n",
        "[devices.a]\nkey = 'the;secret;0123456789'\n",
        "[devices.a]\nkey = { file = 'the-secret-0123456789' }\n",
        "[devices]\na = 'the-secret-0123456789'\n",
        "webhooks = ['the-secret-0123456789']\n",
    ] {
        let said = refusal(text);
        assert!(!said.contains("0123456789"), "{said}");
        assert!(!said.contains("1234567890"), "{said}");
    }
    let environment = Environment { token: Some(format!("{TOKEN} ")), models: None };
    let said = within(environment, &[]).unwrap_err().to_string();
    assert!(said.contains("JUDDER_TOKEN") && !said.contains(TOKEN), "{said}");
}
