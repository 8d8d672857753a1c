//! Options come before the environment, that before the file, and that before defaults.

use std::time::Duration;

use clap::{CommandFactory, Parser};

use super::super::{Format, Level, TokenFrom};
use super::{Environment, Options, TOKEN, colons, of, of_file, parsed, within, written};

#[test]
fn nothing_has_to_be_said() {
    let settings = of(&[]).unwrap();
    assert_eq!((settings.address.to_string().as_str(), settings.port), ("0.0.0.0", 1337));
    assert!(settings.page && !settings.durable && !settings.require_keys);
    assert_eq!((settings.votes.votes, settings.votes.of, settings.clear), (3, 5, 1.0));
    assert_eq!(settings.retention.scores, Duration::from_secs(30 * 86_400));
    assert!(matches!(settings.token, TokenFrom::Start) && settings.sessions.is_none());
    assert!(!settings.trust_loopback && settings.trusted_proxies.is_empty());
    assert!(settings.public_url.is_none());
    assert_eq!(settings.log, (Format::Text, Level::Info));
}

#[test]
fn a_file_says_all_that_options_say_and_more() {
    let settings = of_file(
        "address = '::'\nport = 80\ndir = 'kept'\nmodels = ['fan.json', '/models/b.json']\ndurable = true\n\
         page = false\npublic_url = 'https://fans.example/judder'\ntrusted_proxies = ['127.0.0.1', '10.0.0.0/8']\n\
         trust_loopback = true\ntoken = 'the-token-0123456789'\nrequire_keys = true\nsilent_after = '2 m'\nvotes = '2/3'\n\
         clear = 0.5\n[retention]\nscores = '1 h'\nreadings = '30 s'\nbytes = '1 GB'\n[limits]\nbody = '1 MB'\n\
         connections = 10\npeer_connections = 0\npeer_requests = 7\n[log]\nformat = 'json'\nlevel = 'debug'\n\
         [devices.pump]\nmodel = 'pump.json'\nkey = '0123456789abcdef'\n[[webhooks]]\nname = 'a'\n\
         url = 'https://example'\nsecret = '0123456789abcdef'\n[[commands]]\nname = 'b'\nprogram = '/bin/true'\n\
         args = ['-x', 'y z']\nseconds = 3\n",
    )
    .unwrap();
    assert_eq!((settings.address.to_string().as_str(), settings.port), ("::", 80));
    let dir = settings.dir.as_ref().unwrap();
    assert!(dir.is_absolute() && dir.ends_with("kept"), "relative to the file: {dir:?}");
    assert!(settings.models[0].is_absolute() && settings.models[0].ends_with("fan.json"));
    assert_eq!(settings.models[1].to_str(), Some("/models/b.json"));
    assert!(settings.assigned["pump"].ends_with("pump.json"));
    assert!(settings.durable && !settings.page && settings.require_keys);
    let TokenFrom::Given(token) = &settings.token else { panic!("{:?}", settings.token) };
    assert!(token.matches(TOKEN.as_bytes()));
    let sessions = settings.sessions.as_ref().unwrap();
    assert!(sessions.is_absolute() && sessions.ends_with("kept/.sessions"), "{sessions:?}");
    let public = settings.public_url.as_ref().unwrap();
    assert_eq!(public.to_string(), "https://fans.example/judder/");
    let proxies: Vec<String> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1", "10.0.0.0/8"]);
    assert!(settings.trust_loopback);
    assert!(settings.keys["pump"].matches(b"0123456789abcdef"));
    assert_eq!(settings.silent_after, Some(Duration::from_secs(120)));
    assert_eq!(settings.retention.bytes, Some(1_000_000_000));
    assert_eq!((settings.limits.body, settings.limits.connections), (1_000_000, 10));
    assert_eq!((settings.peers.requests, settings.peers.connections), (7, 0));
    assert_eq!(settings.log, (Format::Json, Level::Debug));
    assert!(settings.webhooks[0].secret.is_some());
    assert_eq!(settings.commands[0].args, ["-x", "y z"]);
    assert_eq!(settings.commands[0].patience, Duration::from_secs(3));
}

#[test]
fn options_come_before_the_file() {
    let (_folder, path) =
        written("port = 80\nclear = 0.5\ndurable = true\n[log]\nlevel = 'error'\n");
    let file = path.to_str().unwrap();
    let settings = of(&["--config", file, "-p", "81", "--durable=false"]).unwrap();
    assert_eq!((settings.port, settings.clear, settings.durable), (81, 0.5, false));
    assert_eq!(settings.log.1, Level::Error);
    let settings =
        of(&["--config", file, "--log", "off", "--clear", "0.25", "--page=false"]).unwrap();
    assert_eq!((settings.port, settings.clear, settings.log.1), (80, 0.25, Level::Off));
    assert!(!settings.page && settings.durable);
}

#[test]
fn proxies_of_an_option_take_the_place_of_those_of_the_file() {
    let (_folder, path) = written("trusted_proxies = ['127.0.0.1']\ntrust_loopback = true\n");
    let file = path.to_str().unwrap();
    let options =
        ["--config", file, "--trusted-proxies", "::1,10.0.0.0/8", "--trust-loopback=false"];
    let settings = of(&options).unwrap();
    let proxies: Vec<String> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["::1", "10.0.0.0/8"]);
    assert!(!settings.trust_loopback);
    assert!(of(&["--trust-loopback"]).unwrap().trust_loopback);
}

/// They are kept from the commands that alerts run.
#[test]
fn the_variables_that_secrets_are_from_are_known() {
    let variable = std::env::vars().find(|(_, value)| {
        value.len() >= 16 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c))
    });
    let Some((name, _)) = variable else { panic!("no variable looks like a secret") };
    let text = format!("[[webhooks]]\nname = 'a'\nurl = 'http://a'\nsecret_env = '{name}'\n");
    assert_eq!(of_file(&text).unwrap().secret_variables(), [name]);
    assert!(of(&[]).unwrap().secret_variables().is_empty());
}

#[test]
fn models_of_options_or_the_environment_take_the_place_of_all_models_of_the_file() {
    let (_folder, path) =
        written("models = ['a.json']\n[devices.pump]\nmodel = 'b.json'\nkey = '0123456789abcdef'");
    let file = path.to_str().unwrap();
    let settings = of(&["--config", file, "c.json", "fan=d.json"]).unwrap();
    assert_eq!(settings.models[0].to_str(), Some("c.json"));
    assert_eq!((settings.models.len(), settings.assigned.len()), (1, 1));
    assert_eq!(settings.assigned["fan"].to_str(), Some("d.json"));
    assert!(settings.keys.contains_key("pump"), "its key stays");
    let environment = || Environment { token: None, models: colons(&["e.json", "pump=f.json"]) };
    let settings = within(environment(), &["--config", file]).unwrap();
    assert_eq!(settings.models[0].to_str(), Some("e.json"));
    assert_eq!(settings.assigned["pump"].to_str(), Some("f.json"));
    let settings = within(environment(), &["--config", file, "g.json"]).unwrap();
    assert_eq!(settings.models[0].to_str(), Some("g.json"));
}

#[test]
fn the_token_of_the_environment_comes_before_the_files_and_an_option_before_it() {
    let (_folder, path) = written("token_file = 'token'\ndir = 'kept'\n");
    let file = path.to_str().unwrap();
    let environment = || Environment { token: Some(TOKEN.to_owned()), models: None };
    let settings = within(environment(), &["--config", file]).unwrap();
    assert!(matches!(settings.token, TokenFrom::Given(_)), "{:?}", settings.token);
    let settings = within(environment(), &["--config", file, "--token-file", "other"]).unwrap();
    let TokenFrom::File(path) = settings.token else { panic!() };
    assert_eq!(path.to_str(), Some("other"));
    let settings = of(&["-d", "kept"]).unwrap();
    let TokenFrom::Folder(path) = settings.token else { panic!() };
    assert_eq!(path.to_str(), Some("kept/token"));
}

#[test]
fn each_option_has_a_variable_of_its_own() {
    let mut seen = std::collections::HashSet::new();
    let command = Options::command();
    for argument in command.get_arguments().filter(|one| !one.is_positional()) {
        let name = argument.get_long().unwrap();
        if matches!(name, "help" | "version") {
            continue;
        }
        let variable = argument.get_env().unwrap_or_else(|| panic!("--{name} has none"));
        assert!(variable.to_str().unwrap().starts_with("JUDDER_"), "{variable:?}");
        assert!(seen.insert(variable), "{variable:?} is there twice");
    }
    assert!(seen.len() > 15, "{seen:?}");
}

#[test]
fn what_is_printed_says_the_same_but_for_secrets() {
    let text = "dir = '/kept'\nport = 0\nsilent_after = '90 s'\nunjudged_after = '5 m'\nvotes = '2/2'\n[retention]\nscores = '36 h'\n\
                [devices.pump]\nmodel = '/pump.json'\n[[commands]]\nname = 'b'\nprogram = '/bin/true'\n";
    let settings = of_file(text).unwrap();
    let printed = settings.printed().unwrap();
    let again = of_file(&printed).unwrap();
    assert_eq!(parsed(&printed), again.shown(), "{printed}");
    assert_eq!(again.printed().unwrap(), printed);
    assert_eq!(again.silent_after, settings.silent_after);
    assert_eq!(again.unjudged_after, Some(Duration::from_secs(300)));
    assert_eq!(again.retention.scores, Duration::from_secs(36 * 3600));

    let secret = of_file(
        "token = 'the-token-0123456789'\n[devices.pump]\nkey = 'the-key-0123456789'\n[[webhooks]]\nname = 'a'\n\
         url = 'http://example'\nsecret = 'the-secret-0123456789'\n",
    )
    .unwrap();
    let printed = secret.printed().unwrap();
    for said in [&printed, &format!("{secret:?}")] {
        assert!(!said.contains("0123456789"), "{said}");
    }
    assert_eq!(printed.matches("(hidden)").count(), 3, "{printed}");
    // It does not become the token of somebody who takes it for one.
    assert!(super::refusal(&printed).contains("a secret is"), "{printed}");
}

#[test]
fn options_are_for_the_parser_what_they_are_for_us() {
    Options::command().debug_assert();
    assert!(Options::try_parse_from(["judder", "--votes", "4/3"]).is_err());
    assert!(Options::try_parse_from(["judder", "--most-body", "much"]).is_err());
    assert!(Options::try_parse_from(["judder", "--silent-after", "2"]).is_err());
}
