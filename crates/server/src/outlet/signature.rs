//! A signature, by which a receiver knows who posted, and when.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that it stands in.
pub(super) const HEADER: &str = "Judder-Signature";

/// `t=<seconds since 1970>,v1=<hex>`: the HMAC-SHA256 over `<seconds>.<body>`. The time is signed as well,
/// so that a receiver can refuse what somebody sends again.
pub(super) fn signature(secret: &[u8], seconds: i64, body: &[u8]) -> String {
    // A key may have any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let mut text = format!("t={seconds},v1=");
    for byte in mac.finalize().into_bytes() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// From `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key`.
    #[test]
    fn it_is_what_openssl_computes() {
        let expected = "a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03";
        let signed = signature(b"key", 1_700_000_000, b"{\"a\":1}");
        assert_eq!(signed, format!("t=1700000000,v1={expected}"));
    }
}
