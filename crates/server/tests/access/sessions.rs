//! What a browser that has shown the token is let in by.

use std::fs;
use std::path::Path;

use judder_server::{Access, Keys, Secret, Welcome};

use super::{TOKEN, access, far, request, sent, status_of};

/// Logs in, and gives the cookie.
fn log_in(access: &Access, token: &str) -> String {
    let parts = request(&format!("GET /?token={token}"), &[]);
    let Ok(Welcome::Redirect(response)) = access.welcome(&parts, &sent(&parts, far())) else {
        panic!("not let in")
    };
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// The status of what is answered to who has this cookie.
fn with(access: &Access, cookie: &str) -> u16 {
    status_of(access, &request("GET /api/v1/fleet", &[("cookie", cookie)]), far())
}

fn of(token: &str, file: &Path) -> Access {
    let access = Access::new(Secret::new(token).unwrap(), Keys::default()).on_port(1337);
    access.with_sessions(Some(file.to_owned()))
}

#[test]
fn each_browser_has_a_secret_of_its_own() {
    let access = access().on_port(1337);
    let (one, other) = (log_in(&access, TOKEN), log_in(&access, TOKEN));
    assert_ne!(one, other);
    for cookie in [&one, &other, &format!("a=b; judder-1337=wrong;{one}; c")] {
        assert_eq!(with(&access, cookie), 200, "{cookie}");
    }
    for cookie in [
        one.to_uppercase(),
        one[..one.len() - 1].to_owned(),
        format!("{one}x"),
        one.replace("judder-1337", "judder"),
        one.replace("judder-1337", "judder-1338"),
        one.replace("judder-1337", "xjudder-1337"),
        format!("{}{one}", "a=b; ".repeat(1000)),
    ] {
        assert_eq!(with(&access, &cookie), 401, "{cookie}");
    }
}

#[test]
fn logging_out_ends_one_and_leaves_the_others() {
    let access = access().on_port(1337);
    let (one, other) = (log_in(&access, TOKEN), log_in(&access, TOKEN));
    let parts = request("POST /api/v1/logout", &[("cookie", &one)]);
    let response = access.log_out(&parts, &sent(&parts, far()));
    assert_eq!(response.status(), 204);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("judder-1337=; Path=/; Max-Age=0"), "{cookie}");
    assert_eq!((with(&access, &one), with(&access, &other)), (401, 200));
}

/// Browsers send the cookies of a host to all of its ports.
#[test]
fn two_servers_on_a_host_leave_each_other_alone() {
    let (here, there) = (access().on_port(1337), access().on_port(1338));
    let both = format!("{}; {}", log_in(&here, TOKEN), log_in(&there, TOKEN));
    assert_eq!((with(&here, &both), with(&there, &both)), (200, 200));
    let parts = request("POST /api/v1/logout", &[("cookie", &both)]);
    let cookie = here.log_out(&parts, &sent(&parts, far()));
    assert!(cookie.headers()["set-cookie"].to_str().unwrap().starts_with("judder-1337="));
    assert_eq!((with(&here, &both), with(&there, &both)), (401, 200));
}

#[test]
fn there_are_so_many_and_the_oldest_gives_way() {
    let access = access().on_port(1337);
    let all: Vec<String> = (0..300).map(|_| log_in(&access, TOKEN)).collect();
    let last = all.iter().filter(|cookie| with(&access, cookie) == 200).count();
    assert_eq!(last, 256);
    assert_eq!((with(&access, &all[0]), with(&access, &all[299])), (401, 200));
}

/// A link that is opened again, as from a bookmark, takes nothing from others.
#[test]
fn who_is_in_already_begins_no_other() {
    let access = access().on_port(1337);
    let cookie = log_in(&access, TOKEN);
    let parts = request(&format!("GET /?token={TOKEN}"), &[("cookie", &cookie)]);
    let Ok(Welcome::Redirect(response)) = access.welcome(&parts, &sent(&parts, far())) else {
        panic!()
    };
    assert!(!response.headers().contains_key("set-cookie"));
}

#[test]
fn they_outlive_a_restart_and_end_with_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".sessions");
    let first = of(TOKEN, &file);
    let (one, ended) = (log_in(&first, TOKEN), log_in(&first, TOKEN));
    let parts = request("POST /api/v1/logout", &[("cookie", &ended)]);
    first.log_out(&parts, &sent(&parts, far()));
    let second = of(TOKEN, &file);
    assert_eq!((with(&second, &one), with(&second, &ended)), (200, 401));
    let other = of("another-token-0123456789", &file);
    assert_eq!(with(&other, &one), 401);
}

/// Who reads the file has no session by it.
#[test]
fn the_file_tells_no_secret_and_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".sessions");
    let access = of(TOKEN, &file);
    let cookie = log_in(&access, TOKEN);
    let secret = cookie.strip_prefix("judder-1337=").unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(secret) && !text.contains(TOKEN), "{text}");
    let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    let digest = kept["sessions"][0]["session"].as_str().unwrap();
    assert_eq!(with(&access, &format!("judder-1337={digest}")), 401);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn one_that_is_over_is_not_read_and_none_lasts_longer_than_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".sessions");
    let cookie = log_in(&of(TOKEN, &file), TOKEN);
    let text = fs::read_to_string(&file).unwrap();
    let mut kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    let until = kept["sessions"][0]["until"].as_u64().unwrap();
    let month = 30 * 86_400;
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!((now + month - 5..=now + month).contains(&until), "{until}");
    // As if it had begun a month and a second ago.
    kept["sessions"][0]["until"] = (now - 1).into();
    fs::write(&file, kept.to_string()).unwrap();
    assert_eq!(with(&of(TOKEN, &file), &cookie), 401);
    // As if the clock had been set back by ten years meanwhile; what is written then is a month from now.
    kept["sessions"][0]["until"] = (now + 120 * month).into();
    fs::write(&file, kept.to_string()).unwrap();
    let back = of(TOKEN, &file);
    assert_eq!(with(&back, &cookie), 200);
    log_in(&back, TOKEN);
    let text = fs::read_to_string(&file).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    for row in kept["sessions"].as_array().unwrap() {
        assert!(row["until"].as_u64().unwrap() <= now + month + 60, "{text}");
    }
}

#[test]
fn a_file_that_is_none_only_means_that_they_are_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".sessions");
    for content in ["", "{", "[]", "{\"sessions\":[{\"session\":\"x\",\"until\":99999999999}]}"] {
        fs::write(&file, content).unwrap();
        let access = of(TOKEN, &file);
        let cookie = log_in(&access, TOKEN);
        assert_eq!(with(&access, &cookie), 200);
        assert_eq!(with(&of(TOKEN, &file), &cookie), 200, "{content}");
    }
    // Where it cannot be written, they end with the server.
    let folder = folder.path().join("none/.sessions");
    let access = of(TOKEN, &folder);
    let cookie = log_in(&access, TOKEN);
    assert_eq!(with(&access, &cookie), 200);
}
