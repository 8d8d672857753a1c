//! Whether the server is ready, and what does not keep it from that.

use std::process::Command;

use serde_json::json;

use crate::desk::Desk;
use crate::fan::new;

#[test]
fn a_server_that_is_well_is_ready_and_says_so_without_a_token() {
    let desk = Desk::new();
    let served = desk.start();
    served.post("a", 0, &new("low", 0));
    served.wait("it turns", |served| served.get("/readyz").status == 200);
    let lan = ["Host: 192.168.1.2"];
    let ready = served.ask("GET", "/readyz", &lan, &[]).well(200).json();
    let well = json!({"ok": true});
    assert_eq!(ready, json!({"ready": true, "engine": well, "writes": well, "disk": well}));
}

#[test]
fn head_is_where_get_is() {
    let served = Desk::new().start();
    for path in ["/", "/healthz", "/readyz", "/api/v1/fleet", "/metrics", "/api/v1/openapi.json"] {
        let (get, head) = (served.get(path), served.ask("HEAD", path, &[], &[]));
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        let kind = |head: &str| {
            head.lines().find(|line| line.starts_with("content-type")).map(str::to_owned)
        };
        assert_eq!(kind(&head.head), kind(&get.head), "{path}");
    }
    assert!(served.ask("HEAD", "/", &[], &[]).head.contains("content-length: 1"));
}

/// Who opens a pipe waits for who writes to it.
#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_model_hangs_nothing() {
    let desk = Desk::new();
    let served = desk.start();
    let path = desk.path("fan.model.json");
    std::fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    served.look();
    let problem = served.model("fan")["problem"].as_str().unwrap_or_default().to_owned();
    // Without a file nothing has changed but that it is gone.
    assert!(problem.contains("is no file"), "{problem:?}");
    served.post("a", 0, &new("low", 0));
    assert_eq!(served.device("a")["state"], "normal");
    std::fs::remove_file(&path).unwrap();
    desk.write_model("fan", crate::fan::model());
    served.look();
    assert!(served.model("fan")["problem"].is_null());
}

/// What is written to a folder that takes the place of another may be hidden by the next mount.
#[test]
fn a_folder_that_is_gone_or_replaced_is_not_ready_and_nothing_goes_into_it() {
    let desk = Desk::new();
    let served = desk.start();
    served.send("POST", "/api/v1/session", &json!({"label": "low"})).well(201);
    served.post("a", 0, &new("low", 0));
    served.wait("it turns", |served| served.get("/readyz").status == 200);
    std::fs::rename(desk.path("data"), desk.path("aside")).unwrap();
    let not_ready = |served: &crate::desk::Served| {
        let ready = served.get("/readyz").json();
        ready["disk"]["words"].as_str().is_some_and(|words| words.contains("bring it back"))
    };
    served.wait("it is gone", not_ready);
    std::fs::create_dir_all(desk.path("data/low")).unwrap();
    served.wait("another one", not_ready);
    let body = crate::fan::body("a", 1, &new("low", 1));
    served.send("POST", "/api/v1/recordings", &body).problem(500);
    served.ask("DELETE", "/api/v1/session", &[], &[]).well(200);
    served.send("POST", "/api/v1/session", &json!({"label": "high"})).problem(500);
    served.look();
    let files = |name: &str| std::fs::read_dir(desk.path(name)).unwrap().count();
    assert_eq!((files("data"), files("data/low")), (1, 0));
    std::fs::remove_dir_all(desk.path("data")).unwrap();
    std::fs::rename(desk.path("aside"), desk.path("data")).unwrap();
    // It is so by itself.
    desk.clock.pass(10);
    served.wait("ready", |served| served.get("/readyz").status == 200);
    served.send("POST", "/api/v1/recordings", &body).well(201);
}
