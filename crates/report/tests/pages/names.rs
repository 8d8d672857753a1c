//! Files and folders may be called anything.

use std::fs;
use std::path::PathBuf;

use crate::made::{Made, explored, many, page};

const MARKUP: [&str; 4] =
    ["a<script>alert(1)<b>&\"'", "<!--<script>", "]]><img onerror=x", "two\nlines\ttab"];

/// Two states with these names, of which one has a file of that name that cannot be read.
fn two(made: &Made, normal: &str, anomaly: &str) -> (PathBuf, PathBuf) {
    let folders = [normal, anomaly].map(|name| made.state(name, &many(12, 3, 64, 1.0)));
    fs::rename(folders[0].join("0003.csv"), folders[0].join(format!("{anomaly}.csv"))).unwrap();
    made.file(folders[1].join(format!("{normal}.csv")), "1,2,3\nx,y,z\n");
    folders.into()
}

#[test]
fn markup_in_names_is_text() {
    let plain = Made::new();
    let (normal, anomaly) = two(&plain, "p1", "q1");
    let outline = page(&[&normal], &[&anomaly]);
    for name in MARKUP {
        let made = Made::new();
        // They begin alike in nothing, so nothing is taken off them.
        let (normal, anomaly) = (format!("p{name}"), format!("q{name}"));
        let folders = two(&made, &normal, &anomaly);
        let page = page(&[&folders.0], &[&folders.1]);
        assert_eq!(page.legend(), [normal.clone(), anomaly.clone()]);
        assert_eq!(page.outline(), outline.outline(), "{name}");
        let rows = page.rows("medians");
        assert_eq!(rows[0].0.get("data-state"), Some(&*normal));
        let text = page.visible();
        assert!(text.contains(&format!("{anomaly}/{normal}.csv: line 2")), "{text}");
        let names = page.data()["names"].to_string();
        let file = serde_json::to_string(&format!("{anomaly}.csv")).unwrap();
        assert!(names.contains(&file), "{names}");
    }
}

/// The name of a folder cannot hold this, but paths of a model's provenance may.
#[test]
fn a_name_cannot_end_a_script() {
    let made = Made::new();
    let folder = made.state("x</script><script>alert(1)", &many(12, 3, 64, 1.0));
    let page = page(&[&folder], &[]);
    assert_eq!(page.legend(), ["script><script>alert(1)"]);
    assert!(page.all("script").all(|script| !script.text.starts_with("alert")));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_unicode() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let made = Made::new();
    let states = [&b"n\xff"[..], b"m\xfe\x80"]
        .map(|name| made.state(OsStr::from_bytes(name), &many(12, 3, 64, 1.0)));
    fs::rename(states[0].join("0002.csv"), states[0].join(OsStr::from_bytes(b"\xf0.csv"))).unwrap();
    let explored = explored(&[&states[0]], &[&states[1]]).unwrap();
    let page = page(&[&states[0]], &[&states[1]]);
    assert_eq!(page.legend(), ["n\u{fffd}", "m\u{fffd}\u{fffd}"]);
    // What no text can name cannot be pasted.
    assert!(explored.command.is_none());
    assert!(page.visible().contains("no command can be written down"));
}

/// What is recommended is run by a shell that gives the paths back as they are.
#[cfg(unix)]
#[test]
fn the_command_quotes_what_a_shell_would_read() {
    for name in ["a b", "it's", "$HOME", "a\nb", "a;b", "*"] {
        let made = Made::new();
        let folder = made.state(name, &many(12, 3, 64, 1.0));
        let command = explored(&[&folder], &[]).unwrap().command.unwrap();
        let words = shlex::split(&command).unwrap();
        assert_eq!(words[..3], ["judder", "train", "--normal"]);
        assert_eq!(words[3], folder.to_str().unwrap());
    }
}
