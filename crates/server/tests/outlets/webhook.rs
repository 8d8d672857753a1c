//! What is posted, and what follows from the answer.

use std::net::TcpListener;
use std::time::Duration;

use judder_server::{Outlet, Retry, Webhook};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::desk::{MARKUP, message};
use crate::receiver::receive;

const SOON: Duration = Duration::from_secs(20);

/// HMAC as RFC 2104 has it, for keys shorter than a block.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(pad, key)| *pad ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

#[test]
fn what_is_posted_is_json_and_signed() {
    let (address, requests) = receive(&["204 No Content"]);
    let url = format!("http://{address}/hook?token=x");
    Webhook::new(&url, Some("the secret")).unwrap().tell(&message()).unwrap();
    let request = requests.recv_timeout(SOON).unwrap();
    assert_eq!(request.head[0], "POST /hook?token=x HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/json"));
    let value: Value = serde_json::from_slice(&request.body).unwrap();
    let expected = json!({
        "alert": 7, "device": MARKUP, "kind": "anomaly", "transition": "raised",
        "words": format!("{MARKUP}\0end"), "raised_at": "2026-01-02T03:04:05.000Z",
        "cleared_at": null, "score": 12.5, "threshold": null, "model": null,
        "link": "http://judder.local/",
    });
    assert_eq!(value, expected);
    let signature = request.header("judder-signature").unwrap();
    let (time, hex) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let age = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() - time.parse::<u64>().unwrap();
    assert!(age < 60);
    let signed = [time.as_bytes(), b".", &request.body].concat();
    let bytes = hmac(b"the secret", &signed);
    assert_eq!(hex, bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    // Without a secret there is no signature.
    Webhook::new(&url, None).unwrap().tell(&message()).unwrap();
    assert_eq!(requests.recv_timeout(SOON).unwrap().header("judder-signature"), None);
}

#[test]
fn what_follows_depends_on_the_status() {
    let retry = |answer: &str| {
        let (address, _requests) = receive(&[answer]);
        let mut webhook = Webhook::new(&format!("http://{address}/"), None).unwrap();
        let failure = webhook.tell(&message()).unwrap_err();
        assert!(failure.reason.contains(&answer[..3]), "{failure:?}");
        failure.retry
    };
    for later in ["500 Oops", "503 Busy", "408 Slow", "429 Many"] {
        assert_eq!(retry(later), Retry::Later, "{later}");
    }
    let asked = Retry::After(Duration::from_secs(120));
    assert_eq!(retry("503 Busy\r\nRetry-After: 120"), asked);
    assert_eq!(retry("429 Many\r\nRetry-After: 120"), asked);
    for seldom in ["400 Bad", "401 No", "404 None", "410 Gone\r\nRetry-After: 120"] {
        assert_eq!(retry(seldom), Retry::Seldom, "{seldom}");
    }
}

#[test]
fn redirects_are_not_followed() {
    let (other, followed) = receive(&["200 OK"]);
    for status in [301, 302, 307, 308] {
        let answer = format!("{status} There\r\nLocation: http://{other}/");
        let (address, _requests) = receive(&[&answer]);
        let mut webhook = Webhook::new(&format!("http://{address}/"), Some("s")).unwrap();
        let failure = webhook.tell(&message()).unwrap_err();
        assert!(failure.reason.contains("redirects are not followed"), "{failure:?}");
        assert_eq!(failure.retry, Retry::Seldom);
    }
    assert!(followed.try_recv().is_err());
}

#[test]
fn one_that_hangs_or_refuses_is_tried_later() {
    let (address, _requests) = receive(&[""]);
    let url = format!("http://{address}/token-of-mine");
    let patience = Duration::from_millis(200);
    let mut hanging = Webhook::with_patience(&url, None, patience).unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut refusing = Webhook::new(&format!("http://{closed}/token-of-mine"), None).unwrap();
    for webhook in [&mut hanging, &mut refusing] {
        let failure = webhook.tell(&message()).unwrap_err();
        assert_eq!(failure.retry, Retry::Later);
        assert!(failure.reason.starts_with("there was no answer"), "{failure:?}");
        assert!(!failure.reason.contains("token-of-mine"), "{failure:?}");
    }
}
