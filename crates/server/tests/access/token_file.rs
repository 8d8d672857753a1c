//! The token in a file.

use std::fs;

use judder_server::{Secret, TokenError, kept_token, read_secret};
use tempfile::tempdir;

#[test]
fn a_token_is_made_once_and_is_its_owners_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("token");
    let made = kept_token(&path).unwrap();
    assert!(made.is_new && made.looks_made);
    let made = made.token;
    assert_eq!(made.reveal().len(), 43, "256 bits");
    let again = kept_token(&path).unwrap();
    assert!(again.token.matches(made.reveal().as_bytes()));
    assert!(!again.is_new && again.looks_made);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let other = kept_token(&folder.path().join("other")).unwrap();
    assert_ne!(other.token.reveal(), made.reveal());
}

#[test]
fn whoever_makes_it_first_makes_it_for_all() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("token");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || kept_token(&path).unwrap().token.reveal().to_owned())
        })
        .collect();
    let mut tokens: Vec<String> =
        threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
}

/// So that it is never printed.
#[test]
fn a_token_that_somebody_chose_is_told_from_one_that_was_made() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("token");
    for chosen in [
        "a-token-that-i-chose-myself",
        &"0123456789abcdef".repeat(4),
        &"a".repeat(42),
        &format!("{}.", "a".repeat(42)),
        &"a".repeat(44),
    ] {
        fs::write(&path, chosen).unwrap();
        close(&path);
        let kept = kept_token(&path).unwrap();
        assert!(!kept.is_new && !kept.looks_made, "{chosen}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let path = folder.path().join("token");
    kept_token(&path).unwrap();
    let with = |mode| {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        kept_token(&path)
    };
    for mode in [0o644, 0o604, 0o602, 0o620, 0o666] {
        let error = with(mode).unwrap_err();
        assert!(matches!(error, TokenError::Open { .. }), "{mode:o}: {error}");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    for mode in [0o600, 0o400, 0o440] {
        assert!(with(mode).is_ok(), "{mode:o}");
    }
}

#[test]
fn a_file_with_something_else_is_refused_and_left_alone() {
    let folder = tempdir().unwrap();
    for (number, content) in [
        &b""[..],
        b"short",
        b"two words that are long",
        b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe",
        &[b'a'; 9999],
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(number.to_string());
        fs::write(&path, content).unwrap();
        close(&path);
        let error = kept_token(&path).unwrap_err();
        assert!(matches!(error, TokenError::Unfit { .. }), "{error}");
        let said = error.to_string();
        assert!(
            said.contains(path.to_str().unwrap()) && said.contains("remove the file"),
            "{said}"
        );
        assert!(!said.contains("two words"), "{said}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[test]
fn a_key_is_read_without_the_line_break_after_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("key");
    fs::write(&path, "a-key-of-a-board-123\r\n").unwrap();
    close(&path);
    assert!(read_secret(&path).unwrap().matches(b"a-key-of-a-board-123"));
    let missing = folder.path().join("none");
    let error = read_secret(&missing).unwrap_err().to_string();
    assert!(error.starts_with(missing.to_str().unwrap()), "{error}");
    let nowhere = folder.path().join("none/token");
    assert!(kept_token(&nowhere).is_err());
}

#[test]
fn a_secret_is_long_enough_and_needs_no_encoding() {
    for unfit in ["", "short", "a secret with spaces", "semicolon;0123456789", "ümlaut-0123456789"]
    {
        assert!(Secret::new(unfit).is_err(), "{unfit}");
    }
    assert!(Secret::new("a".repeat(256)).is_ok());
    assert!(Secret::new("a".repeat(257)).is_err());
}

/// Takes the rights of others away.
fn close(path: &std::path::Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}
