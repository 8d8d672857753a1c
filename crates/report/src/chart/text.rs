//! How much room texts take, in whatever font the reader has: nothing is known of it when a chart is laid
//! out, so everything here is an upper bound.

use maud::{Markup, html};

/// How wide a text of this size is at most.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// How wide a letter is at most, in em: of DejaVu Sans, which is as wide as Verdana, and 15 % more; or
/// where that is wider, as in Inter, Lato, Liberation Sans, Open Sans, Roboto and Cantarell (the `hmtx`
/// tables of the fonts). Beyond ASCII it is what most letters of a script take.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' => 0.34,
        ' ' | '.' | ',' | '·' => 0.37,
        'f' | 't' | 'I' | ':' | ';' | '!' | '(' | ')' | '[' | ']' | '-' | '/' | '\\' | '²' => 0.47,
        'r' => 0.48,
        'J' | '"' | '|' | '`' => 0.58,
        'c' | 's' | 'z' | '_' | '*' | '?' => 0.64,
        'k' | 'F' | 'L' => 0.67,
        'w' | '+' | '<' | '=' | '>' | '~' | '#' | '^' | '×' => 0.97,
        'm' | 'M' | 'W' | '@' | '%' | '…' => 1.15,
        'E' | 'P' | 'S' | 'T' | 'Y' | '0'..='9' | 'a'..='z' | '$' | '{' | '}' | 'µ' => 0.74,
        'A' | 'B' | 'C' | 'K' | 'R' | 'V' | 'X' | 'Z' => 0.81,
        '\0'..'\u{1100}' => 0.92,
        // Hangul, and what follows it: kana, ideographs, pictures.
        _ => 1.1,
    }
}

/// As much of a text of this size as there is room for.
pub(super) fn fitting(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut left = room - advance('…') * size;
    let fits = |c: &char| {
        left -= advance(*c) * size;
        left >= 0.0
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// A text of this size that is drawn as far as there is room for it; the whole of it is told to who asks.
pub(super) fn within(text: &str, size: f64, room: f64) -> Markup {
    let short = fitting(text, size, room);
    html! { (short) @if short != text { title { (text) } } }
}

#[cfg(test)]
mod tests {
    use super::super::room::TICK;
    use super::*;

    #[test]
    fn texts_are_cut_where_there_is_no_room() {
        let room = |letters: &[char]| letters.iter().map(|c| advance(*c)).sum::<f64>() * TICK;
        let cut = |text: &str, letters: &[char]| fitting(text, TICK, room(letters) + 1e-9);
        assert_eq!(cut("low", &['l', 'o', 'w']), "low");
        assert_eq!(cut("lower", &['l', 'o', '…']), "lo…");
        assert_eq!(cut("WWWW", &['W', 'W', '…']), "WW…");
        assert_eq!(cut("軸受軸受", &['軸', '受', '…']), "軸受…");
        assert_eq!(fitting("low", TICK, 0.0), "…");
    }

    /// Texts of charts in fonts that are common, as the fonts' own tables have them, in em.
    #[test]
    fn no_common_font_is_wider() {
        let measured = [
            // DejaVu Sans.
            ("frequency (Hz)", 7.413),
            ("-0.0123456789", 7.677),
            ("threshold", 4.731),
            ("window", 3.794),
            // Verdana has wider stops, hyphens and a wider I.
            ("-1:I", 0.454 + 0.636 + 0.454 + 0.421),
            // Inter.
            ("-0.4", 0.460 + 0.625 + 0.276 + 0.642),
            // Lato.
            ("WMO/", 1.036 + 0.928 + 0.800 + 0.452),
        ];
        for (text, em) in measured {
            let most = width(text, 1.0);
            assert!(most >= em, "{text} takes {em} em, not {most}");
            assert!(most < 1.35 * em, "{text} takes {em} em, and {most} is wasteful");
        }
    }
}
