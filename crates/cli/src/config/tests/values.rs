//! Values as they are written.

use std::time::Duration;

use proptest::prelude::*;

use super::super::values::{Bytes, In, Share, Span, Votes};

#[test]
fn times_are_written_as_people_do() {
    for (text, seconds) in [("30 d", 2_592_000), ("2 h", 7200), ("2h 30min", 9000), ("90s", 90)] {
        assert_eq!(text.parse::<Span>().unwrap().0, Duration::from_secs(seconds), "{text}");
    }
    for text in ["", "30", "d", "-1 s", "0 s", "1 fortnight", "99999999999999999999 d"] {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
    assert_eq!(Span(Duration::from_secs(2_592_000)).to_string(), "30 d");
    assert_eq!(Span(Duration::from_secs(90)).to_string(), "90 s");
}

#[test]
fn bytes_may_have_a_unit() {
    for (text, bytes) in [
        ("1", 1),
        ("4 MiB", 4 << 20),
        ("4MB", 4_000_000),
        ("10 GB", 10_000_000_000),
        ("1 kB", 1000),
    ] {
        assert_eq!(text.parse::<Bytes>().unwrap().0, bytes, "{text}");
    }
    for text in ["", "0", "-1", "1.5 MB", "MB", "4 mb", "99999999999 TB"] {
        assert!(text.parse::<Bytes>().is_err(), "{text}");
    }
}

#[test]
fn shares_and_votes_have_bounds() {
    for text in ["0", "-0.5", "1.01", "NaN", "inf", "half", ""] {
        assert!(text.parse::<Share>().is_err(), "{text}");
    }
    assert_eq!("1".parse::<Share>().unwrap(), Share(1.0));
    for text in ["0/1", "2/1", "3", "/", "1/99999", "a/b", "-1/2"] {
        assert!(text.parse::<Votes>().is_err(), "{text}");
    }
    assert_eq!("3 / 5".parse::<Votes>().unwrap().to_string(), "3/5");
}

#[test]
fn units_are_those_of_readings() {
    for text in ["g", "mg", "m/s2", "counts:2048"] {
        assert_eq!(text.parse::<In>().unwrap().to_string(), text);
    }
    for text in ["", "kg", "counts:0", "MG"] {
        assert!(text.parse::<In>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(nanos in 1..u64::MAX, bytes in 1..u64::MAX, unit in 0..40_u32) {
        let span = Span(Duration::from_nanos(nanos));
        prop_assert_eq!(span.to_string().parse::<Span>().unwrap(), span);
        let round = Span(Duration::from_secs((nanos >> unit).max(1) % 1_000_000_000 + 1));
        prop_assert_eq!(round.to_string().parse::<Span>().unwrap(), round);
        let bytes = Bytes((bytes >> unit << unit).max(1));
        prop_assert_eq!(bytes.to_string().parse::<Bytes>().unwrap(), bytes);
    }
}
