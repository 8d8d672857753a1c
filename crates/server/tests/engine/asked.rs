//! What is asked in the address, whatever it is.

use crate::desk::Desk;
use crate::fan::new;

/// Numbers at the ends of what can be read are answered like others.
#[test]
fn numbers_of_any_size_are_answered() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..30 {
        served.post("fan", sequence, &new("low", sequence));
    }
    let points = |query: &str| {
        let found = served.get(&format!("/api/v1/devices/fan/scores?{query}")).well(200).json();
        found["points"].as_array().unwrap().len()
    };
    let (least, most) = (i64::MIN, i64::MAX);
    assert_eq!(points(&format!("from={least}&to={most}")), 30);
    assert_eq!(points(&format!("to={least}")), 0);
    assert_eq!(points(&format!("from={most}&to={least}")), 0);
    assert_eq!(points(&format!("to={most}&from={}", most - 1)), 0);
    // There is room for each verdict, whatever is asked for.
    assert!((1..=12).contains(&points(&format!("from=0&to={most}&most=1"))));
    assert_eq!(points(&format!("from=0&to={most}&most={}", u64::MAX)), 30);
    for query in ["span=1", "span=4294967295", "offset=2147483647", "offset=-2147483648"] {
        served.get(&format!("/api/v1/devices/fan/view?{query}")).well(200);
    }
    for query in [format!("before={least}"), format!("before={most}&most={}", u64::MAX)] {
        served.get(&format!("/api/v1/alerts?{query}")).well(200);
    }
}

#[test]
fn what_is_no_number_is_refused() {
    let desk = Desk::new();
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    for (path, query) in [
        ("devices/fan/scores", "from=x"),
        ("devices/fan/scores", "to=9223372036854775808"),
        ("devices/fan/scores", "most=-1"),
        ("devices/fan/scores", "most=0"),
        ("devices/fan/scores", "from=1&from=2"),
        ("devices/fan/view", "span=0"),
        ("devices/fan/view", "span=1e3"),
        ("devices/fan/view", "offset="),
        ("alerts", "open=yes"),
        ("alerts", "before=%ff"),
        ("alerts", "most=0"),
        // What is not asked for is no question that could be answered.
        ("alerts", "unknown=1"),
        ("alerts", "device=fan&opne=true"),
        ("devices/fan/scores", "form=1"),
        ("devices/fan/view", "unknown=1"),
    ] {
        let detail = served.get(&format!("/api/v1/{path}?{query}")).problem(400);
        let field = query.rsplit('&').next().unwrap().split('=').next().unwrap();
        let named = detail.starts_with("in the query, ") && detail.contains(field);
        assert!(named && detail.ends_with("see /api/v1/openapi.json"), "{detail}");
        // In words, and not in those of the language it is written in.
        assert!(!detail.contains("usize") && !detail.contains("u32"), "{detail}");
    }
    served.get("/api/v1/alerts?device=%27%3B--&&").well(200);
}

#[test]
fn what_is_not_there_or_no_object_is_said_plainly() {
    let desk = Desk::new();
    let served = desk.start();
    let said = served.get("/api/v1/devices/nobody/scores").problem(404);
    assert!(said.contains("no device \"nobody\""), "{said}");
    let said = served.send("POST", "/api/v1/session", &serde_json::json!([])).problem(422);
    assert!(said.contains("an object in braces") && !said.contains("struct"), "{said}");
}
