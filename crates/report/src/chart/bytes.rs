//! Bytes inside a page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::PreEscaped;
use serde::Serialize;

/// Bytes as text.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Shares from 0 to 1 as 16-bit numbers, least significant byte first; what is not finite is 65535.
pub(super) fn sixteen_bits(shares: impl IntoIterator<Item = f64>) -> String {
    let bytes: Vec<u8> = shares
        .into_iter()
        .flat_map(|share| {
            let step = if share.is_finite() { share.clamp(0.0, 1.0) * 65534.0 } else { 65535.0 };
            (step.round() as u16).to_le_bytes()
        })
        .collect();
    base64(&bytes)
}

/// JSON that may stand in a `script` element: nothing in it ends the element.
pub(crate) fn json(value: &impl Serialize) -> PreEscaped<String> {
    // What is written here has text keys and finite numbers, which is always JSON.
    let text = serde_json::to_string(value).unwrap_or_default();
    PreEscaped(text.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_a_script() {
        let PreEscaped(text) = json(&["</script><!--"]);
        assert_eq!(text, r#"["\u003c/script>\u003c!--"]"#);
        assert_eq!(
            serde_json::from_str::<Vec<String>>(&text).ok(),
            Some(vec!["</script><!--".into()])
        );
    }

    #[test]
    fn shares_take_two_bytes() {
        assert_eq!(sixteen_bits([0.0, 1.0, f64::NAN]), base64(&[0, 0, 0xfe, 0xff, 0xff, 0xff]));
    }
}
