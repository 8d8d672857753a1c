//! What servers are packaged with.

use std::collections::BTreeMap;
use std::process::Command;

const UNIT: &str = include_str!("../../../../packaging/judder.service");
const CONTAINER: &str = include_str!("../../../../packaging/Containerfile");

#[test]
fn the_unit_takes_rights_away() {
    let mut section = "";
    let mut of = BTreeMap::new();
    for line in UNIT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.strip_suffix(']').unwrap();
            continue;
        }
        let (key, value) = line.split_once('=').unwrap();
        of.insert((section, key), value);
    }
    for (key, value) in [
        ("DynamicUser", "yes"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("StateDirectory", "judder"),
        ("CapabilityBoundingSet", ""),
        ("Restart", "on-failure"),
        ("Type", "notify"),
    ] {
        assert_eq!(of.get(&("Service", key)), Some(&value), "{key}");
    }
    let files: u64 = of[&("Service", "LimitNOFILE")].parse().unwrap();
    assert!(files > judder_server::Limits::default().connections as u64);
}

/// Where systemd is, it reads the unit; where it is not, it says so.
#[test]
fn systemd_takes_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("judder.service");
    // The program is not installed here.
    std::fs::write(&path, UNIT.replace("/usr/bin/judder", "/bin/sh")).unwrap();
    let verify = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output();
    match verify {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && !said.contains("judder.service"), "{said}");
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}"),
    }
}

#[test]
fn the_image_has_no_root_and_asks_how_it_is() {
    let words: Vec<(&str, &str)> = CONTAINER
        .lines()
        .filter(|line| !line.starts_with(['#', ' ']))
        .filter_map(|line| line.split_once(' '))
        .collect();
    let last = |word: &str| words.iter().rev().find(|(one, _)| *one == word).unwrap().1;
    assert_eq!(last("FROM"), "scratch");
    assert_eq!(last("USER"), "65532:65532");
    assert!(last("HEALTHCHECK").contains("\"--probe\""));
    let rust = words.iter().find(|(one, _)| *one == "FROM").unwrap().1;
    let version = include_str!("../../../../Cargo.toml");
    let version = version.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    assert!(rust.contains(version.trim_matches('"')), "{rust} is another than {version}");
}
