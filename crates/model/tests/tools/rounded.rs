//! Numbers as the page has them: rounded up, so that they are bounds, and to two digits, so that they
//! do not change with the last bit of a sum.

/// Two digits, rounded up.
pub(crate) fn up(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let mut power = value.log10().floor() as i32;
    let mut digits = (value * 10f64.powi(1 - power) - 1e-6).ceil();
    if digits >= 100.0 {
        (digits, power) = (10.0, power + 1);
    }
    if (-3..=3).contains(&power) {
        let decimals = usize::try_from(1 - power).unwrap_or_default();
        format!("{:.decimals$}", digits * 10f64.powi(power - 1))
    } else {
        format!("{:.1}e{power}", digits / 10.0)
    }
}

/// A number of steps to hundredths, rounded up. Outputs of whole steps are floats too: what these are
/// off by is none of a step.
pub(crate) fn steps(number: f64) -> String {
    const FLOATS: f64 = 1e-4;
    let hundredths = ((number - FLOATS) * 100.0).ceil().max(0.0);
    let text = format!("{:.2}", hundredths / 100.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} step{}", if text == "1" { "" } else { "s" })
}

#[test]
fn numbers_are_rounded_up_to_two_digits() {
    let found = [0.0, 1.21e-7, 1.2e-7, 9.99e-8, 0.046_71, 0.5, 3.0, 12.5, 1234.5].map(up);
    assert_eq!(found, ["0", "1.3e-7", "1.2e-7", "1.0e-7", "0.047", "0.50", "3.0", "13", "1300"]);
    let found = [0.0, 5e-6, 0.397, 0.4, 1.000_006, 1.02, 43.0].map(steps);
    let expected = ["0", "0", "0.4", "0.4", "1", "1.02", "43"];
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.trim_end_matches('s').trim_end_matches(" step"), expected);
    }
}
