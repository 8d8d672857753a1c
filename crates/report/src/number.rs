//! Numbers as people read them.

/// A number to be read by people: four significant digits.
pub fn rounded(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-3..1e6).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let digits = magnitude.max(1e-3).log10().floor() as i32;
    format!("{value:.*}", usize::try_from(3 - digits).unwrap_or(0))
}

/// A share in percent: one place, or two below 10 %, or as many as show two digits.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 1e-8 {
        return format!("{:.1e} %", share * 100.0);
    }
    let digits = match share {
        share if share > 0.0 && share < 1e-3 => {
            // 0.05 % has its first digit at the second place.
            let first = -(share * 100.0).log10().floor();
            first as usize + 1
        }
        share if share > 0.0 && share < 0.1 => 2,
        _ => 1,
    };
    format!("{:.digits$} %", share * 100.0)
}

/// Four significant digits, without idle zeros behind the point.
pub fn short(value: f64) -> String {
    let text = rounded(value);
    match text.split_once('e') {
        Some((digits, power)) if digits.contains('.') => {
            format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        None if text.contains('.') => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        _ => text,
    }
}

/// `1 window`, `2 windows`.
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Three significant digits, as [`digits`] gives them.
pub fn three_digits(value: f64) -> String {
    digits(value, 3)
}

/// So many significant digits, without zeros behind the point and with a space at thousands.
pub fn digits(value: f64, count: i32) -> String {
    // Zero has no digits, and what is not finite no better ones.
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    if !(1e-6..1e15).contains(&value) {
        return format!("{value:.2e}");
    }
    let places = count - 1 - value.log10().floor() as i32;
    let text = match usize::try_from(places) {
        Ok(places) => format!("{value:.places$}"),
        Err(_) => {
            let unit = 10f64.powi(-places);
            format!("{:.0}", (value / unit).round() * unit)
        }
    };
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    spaced(text)
}

/// A number with a space at thousands, where it has five digits and more before its point.
pub fn spaced(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    if whole.len() < 5 {
        return number.to_owned();
    }
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text + rest
}

/// Digits behind the point that a step of this size takes.
pub(crate) fn decimals(step: f64) -> usize {
    usize::try_from(-(step.abs().log10() + 1e-9).floor() as i32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        let cases = [
            (0.0, "0.000000", "0"),
            (1.0, "1.000", "1"),
            (80.0, "80.00", "80"),
            (0.012_345, "0.01235", "0.01235"),
            (-12.5, "-12.50", "-12.5"),
            (123_456.0, "123456", "123456"),
            (1.5e-7, "1.500e-7", "1.5e-7"),
            (2e9, "2.000e9", "2e9"),
        ];
        for (value, long, brief) in cases {
            assert_eq!((rounded(value), short(value)), (long.to_owned(), brief.to_owned()));
        }
    }

    #[test]
    fn numbers_have_three_digits_and_no_idle_zeros() {
        let cases = [
            (0.0, "0"),
            (864.0, "864"),
            (1.0, "1"),
            (0.6399, "0.64"),
            (0.012_345, "0.0123"),
            (99.96, "100"),
            (1234.5, "1230"),
            (86_400.0, "86 400"),
            (172_845.0, "173 000"),
            (12_345_678.0, "12 300 000"),
            (1e-7, "1.00e-7"),
            (1e300, "1.00e300"),
        ];
        for (value, text) in cases {
            assert_eq!(three_digits(value), text);
        }
        assert_eq!(digits(14_259.35, 2), "14 000");
        assert_eq!(digits(0.0456, 2), "0.046");
    }

    #[test]
    fn shares_have_two_digits() {
        let shares = [0.0, 1.0, 0.5, 0.017_1, 0.000_5, 1e-10];
        let texts = ["0.0 %", "100.0 %", "50.0 %", "1.71 %", "0.050 %", "1.0e-8 %"];
        assert_eq!(shares.map(percent), texts);
    }

    #[test]
    fn a_step_says_its_digits() {
        assert_eq!([1.0, 20.0, 0.5, 0.1, 0.02, 1e-6].map(decimals), [0, 0, 1, 1, 2, 6]);
    }
}
