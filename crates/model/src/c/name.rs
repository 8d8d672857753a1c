//! Identifiers of C, and text that may stand in its comments, from whatever a model is called.

/// So many bytes of a name are kept: with what is put around it, the first 63 tell names apart.
const LONGEST: usize = 32;

/// What is put behind a name to make others.
const ENDINGS: [&str; 12] = [
    "status", "verdict", "result", "work", "spectrum", "init", "push", "judge", "gap", "window",
    "score", "test",
];

/// The identifier that all names of a model begin with, from any name: `judder_fan_low`.
///
/// Letters and digits stay; what is usual between words becomes `_`. A name that loses more than
/// that gets a hash, so that two of them do not become one.
pub fn identifier(name: &str) -> String {
    let mut word = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => word.push(c),
            _ if word.is_empty() || word.ends_with('_') => {}
            _ => word.push('_'),
        }
    }
    let mut word = word.trim_end_matches('_').to_owned();
    let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    if !name.chars().all(usual) || word.len() > LONGEST || word.is_empty() {
        word.truncate(LONGEST);
        let word_end = if word.is_empty() { "model" } else { word.trim_end_matches('_') };
        return format!("judder_{word_end}_{:08x}", hash(name));
    }
    // judder_fan_init would be a function of judder_fan.
    if ENDINGS.iter().any(|ending| word.ends_with(&format!("_{ending}"))) {
        word.push_str("_model");
    }
    format!("judder_{word}")
}

/// FNV-1a, of 32 bits.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Text that ends no comment and no line of one.
pub(crate) fn comment(text: &str) -> String {
    let plain = |c: char| match c {
        '\\' => '/',
        '@' => '_',
        c if c.is_control() => ' ',
        c => c,
    };
    let text: String = text.chars().map(plain).collect();
    text.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")
}

/// A float as short as it reads back equal.
pub(crate) fn literal(number: f32) -> String {
    format!("{number:?}f")
}

/// Numbers separated by commas, in lines that are not too long.
pub(crate) fn rows<T>(indent: &str, numbers: &[T], write: impl Fn(&T) -> String) -> String {
    const WIDTH: usize = 96;
    let (mut text, mut line) = (String::new(), String::new());
    for number in numbers {
        let number = write(number);
        if !line.is_empty() && indent.len() + line.len() + number.len() + 2 > WIDTH {
            text.push_str(&format!("{indent}{}\n", line.trim_end()));
            line.clear();
        }
        line.push_str(&number);
        line.push_str(", ");
    }
    text.push_str(&format!("{indent}{}\n", line.trim_end()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_people_give() {
        assert_eq!(identifier("fan"), "judder_fan");
        assert_eq!(identifier("fan-low 0.model"), "judder_fan_low_0_model");
        assert_eq!(identifier("int"), "judder_int");
        assert_eq!(identifier("2nd"), "judder_2nd");
        assert_eq!(identifier("fan_init"), "judder_fan_init_model");
        assert!(identifier("").starts_with("judder_model_"));
        assert_ne!(identifier("größe"), identifier("gräße"));
        assert_ne!(identifier("ventilátor"), identifier("ventil tor"));
        assert_ne!(identifier(&"a".repeat(200)), identifier(&"a".repeat(201)));
    }

    proptest! {
        #[test]
        fn any_name_becomes_an_identifier(name in any::<String>()) {
            let word = identifier(&name);
            prop_assert!(word.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_'), "{word}");
            prop_assert!(word.len() <= 48 && word.starts_with("judder_") && !word.contains("__"));
        }

        #[test]
        fn every_literal_reads_back_equal(bits in any::<u32>()) {
            let number = f32::from_bits(bits);
            if number.is_finite() {
                let text = literal(number);
                let digits = text.strip_suffix('f').unwrap_or_default();
                prop_assert_eq!(digits.parse::<f32>().map(f32::to_bits), Ok(bits));
                // A whole number with an f behind it is no float of C.
                prop_assert!(digits.contains(['.', 'e']), "{}", text);
            }
        }

        #[test]
        fn no_text_leaves_its_comment(text in any::<String>()) {
            let text = comment(&format!("*{text}/"));
            prop_assert!(!text.contains("*/") && !text.contains(['\n', '\r', '\\']), "{}", text);
        }
    }
}
