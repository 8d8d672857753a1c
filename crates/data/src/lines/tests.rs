//! What becomes of lines, however they are handed over.

use std::f64::consts::TAU;

use proptest::prelude::*;

use super::*;

/// What came of some bytes.
#[derive(Debug, Default)]
struct Came {
    recordings: Vec<(Recording, bool)>,
    others: Vec<Event>,
    rate_hz: Option<f64>,
    readings: u64,
}

impl Came {
    /// Of pieces, each with when it came, and the end of the wire.
    fn of<'b>(length: Length, pieces: impl IntoIterator<Item = (&'b [u8], f64)>) -> Self {
        let mut lines = Lines::new(length);
        let mut came = Self::default();
        let mut last = 0.0;
        for (piece, at) in pieces {
            let (now, silent) = (Duration::from_secs_f64(at), Duration::from_secs_f64(at - last));
            came.take(lines.push(piece, now, silent));
            last = at;
        }
        came.rate_hz = lines.rate_hz();
        came.take(lines.cut());
        came.readings = lines.readings();
        came
    }

    fn whole(length: Length, text: &str) -> Self {
        Self::of(length, [(text.as_bytes(), 0.0)])
    }

    fn take(&mut self, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Taken(taken) => self.recordings.push((taken.recording, taken.is_whole)),
                other => self.others.push(other),
            }
        }
    }

    fn begun(&self) -> &Begun {
        fn begun(event: &Event) -> Option<&Begun> {
            match event {
                Event::Begun(begun) => Some(begun),
                _ => None,
            }
        }
        self.others.iter().find_map(begun).unwrap()
    }

    fn lengths(&self) -> Vec<usize> {
        self.recordings.iter().map(|(recording, _)| recording.len()).collect()
    }

    /// All readings of an axis.
    fn axis(&self, axis: usize) -> Vec<f64> {
        self.recordings.iter().flat_map(|(one, _)| one.axis(axis).to_vec()).collect()
    }
}

/// A reading that grows no more than it falls.
fn reading(k: usize) -> [f64; 3] {
    [11.0, 17.0, 23.0].map(|cycles| ((k as f64 * TAU / cycles).sin() * 1e4).round() / 1e4)
}

fn plain(k: usize) -> String {
    let [x, y, z] = reading(k);
    format!("{x},{y},{z}\r\n")
}

/// Lines with a time: reading k was taken at `k / rate`.
fn timed(count: usize, rate: f64, unit: f64) -> String {
    let tick = |k: usize| (k as f64 / rate / unit + 1e-6).floor();
    let line = |k| format!("{},{}", tick(k) + 12_345.0, plain(k));
    "half,\n".to_owned() + &(0..count).map(line).collect::<String>()
}

#[test]
fn rates_are_those_of_whole_milliseconds_too() {
    for rate in [119.0, 150.0, 400.0, 666.0, 800.0, 1600.0] {
        for unit in [1e-6, 1e-3] {
            let came = Came::whole(Length::Readings(500), &timed(20_000, rate, unit));
            assert_eq!(came.begun().time, Some((1, unit)), "{rate} {unit}");
            assert_eq!(came.lengths(), [500; 40], "{rate} {unit}");
            let found = came.recordings.last().unwrap().0.rate_hz().unwrap();
            assert!((found / rate - 1.0).abs() < 1e-3, "{rate} {unit}: {found}");
            let expected: Vec<f64> = (0..20_000).map(|k| reading(k)[1]).collect();
            assert_eq!(came.axis(1), expected);
        }
    }
}

#[test]
fn seconds_are_a_time_too_wherever_they_stand() {
    let line = |k: usize| {
        let [x, y, z] = reading(k);
        format!("{x}\t{y}\t{}\t{z}\n", 5.0 + k as f64 / 100.0)
    };
    let text: String = (0..501).map(line).collect();
    let came = Came::whole(Length::Seconds(1.0), &text);
    assert_eq!((came.begun().time, came.begun().axes), (Some((3, 1.0)), 3));
    assert_eq!(came.lengths(), [100; 5]);
    assert!((came.recordings[4].0.rate_hz().unwrap() - 100.0).abs() < 1e-6);
}

/// A wire hands over what came in 16 ms at once, and now and then later.
#[test]
fn without_a_time_the_rate_is_that_of_coming() {
    let rate = 1003.0;
    let text: Vec<String> = (0..20_000).map(plain).collect();
    let (mut pieces, mut k, mut tick) = (Vec::new(), 0, 1u32);
    while k < text.len() {
        let late = if tick.is_multiple_of(37) { 0.009 } else { 0.0 };
        let taken = ((f64::from(tick) * 0.016 * rate) as usize).min(text.len());
        pieces.push((text[k..taken].concat(), f64::from(tick) * 0.016 + late));
        (k, tick) = (taken, tick + 1);
    }
    let came =
        Came::of(Length::Seconds(0.5), pieces.iter().map(|(text, at)| (text.as_bytes(), *at)));
    assert_eq!((came.begun().time, came.begun().length), (None, Some(500)));
    for (recording, is_whole) in &came.recordings[..39] {
        let found = recording.rate_hz().unwrap();
        assert!(*is_whole && (found / rate - 1.0).abs() < 1e-3, "{found}");
    }
    assert_eq!(came.axis(2), (1..20_000).map(|k| reading(k)[2]).collect::<Vec<_>>());
}

#[test]
fn no_recording_goes_across_a_gap() {
    let all: Vec<String> =
        timed(1000, 100.0, 1e-3).lines().map(|line| format!("{line}\n")).collect();
    // The first is half; then readings 301 and 302 are missing, and one more.
    let text = [&all[..302], &all[304..500], &all[501..]].concat().concat();
    let came = Came::whole(Length::Readings(100), &text);
    assert_eq!(came.lengths(), [100, 100, 100, 1, 100, 96, 100, 100, 100, 100, 100]);
    let gaps = |event: &&Event| matches!(event, Event::Gap(Gap::Missing(Some(_))));
    assert_eq!(came.others.iter().filter(gaps).count(), 2);
    assert!(came.others.contains(&Event::Gap(Gap::Missing(Some(0.03)))), "{:?}", came.others);
    let shorter: Vec<bool> = came.recordings.iter().map(|(_, is_whole)| !is_whole).collect();
    assert_eq!(shorter.iter().filter(|shorter| **shorter).count(), 2);
}

#[test]
fn a_time_that_begins_anew_is_a_gap_and_one_that_goes_round_is_none() {
    let reset = timed(250, 100.0, 1e-3) + &timed(250, 100.0, 1e-3).replace("half", "ready");
    let came = Came::whole(Length::Readings(100), &reset);
    assert_eq!(came.lengths(), [100, 100, 50, 100, 100, 50]);
    assert!(came.others.contains(&Event::Gap(Gap::Reset)));
    let line = |k: usize| format!("{},{}", 4_294_967_000u32.wrapping_add(10 * k as u32), plain(k));
    let came = Came::whole(Length::Readings(100), &(0..301).map(line).collect::<String>());
    assert_eq!(came.lengths(), [100; 3]);
    assert!((came.recordings[2].0.rate_hz().unwrap() - 100.0).abs() < 1e-9);
}

#[test]
fn what_counts_is_no_axis_and_tells_what_is_missing() {
    let line = |k: usize| format!("{k} {}", plain(k).replace(',', " "));
    // 50 readings in a second, which no unit of a step of 1 is.
    let lines: Vec<String> = (0..401).filter(|k| *k != 250).map(line).collect();
    let pieces = lines.iter().enumerate().map(|(k, line)| (line.as_bytes(), k as f64 / 50.0));
    let came = Came::of(Length::Readings(100), pieces);
    assert_eq!((came.begun().time, &came.begun().counts), (None, &vec![1]));
    assert_eq!(came.lengths(), [100, 100, 49, 100, 50]);
    assert!(came.others.contains(&Event::Gap(Gap::Missing(None))));
}

#[test]
fn without_a_column_that_tells_silence_and_damage_are_gaps() {
    let lines: Vec<String> = (0..1000).map(plain).collect();
    let at = |k: usize| k as f64 / 100.0 + if k > 500 { 0.7 } else { 0.0 };
    let piece = |k: usize| (if k == 300 { b"0.1,0.2,x\n" } else { lines[k].as_bytes() }, at(k));
    let came = Came::of(Length::Readings(100), (0..1000).map(piece));
    // 0 is taken for half; 1 to 299, 301 to 500, and the others.
    assert_eq!(came.lengths(), [100, 100, 99, 100, 100, 100, 100, 100, 100, 99]);
    assert!((came.rate_hz.unwrap() - 100.0).abs() < 0.1, "{:?}", came.rate_hz);
}

#[test]
fn names_are_kept_and_words_between_are_counted() {
    let line = |k: usize| {
        let [x, y, _] = reading(k);
        let word = if k.is_multiple_of(50) { "temp:21.5\nhello\nERR sensor\n" } else { "" };
        format!("accX:{x},accY:{y}\n{word}")
    };
    let mut lines = Lines::new(Length::Readings(100));
    let text: String = (0..401).map(line).collect();
    let mut came = Came::default();
    came.take(lines.push(text.as_bytes(), Duration::ZERO, Duration::ZERO));
    came.take(lines.cut());
    assert_eq!(came.begun().names, ["accX", "accY"]);
    assert_eq!(came.lengths(), [100; 4]);
    assert_eq!(
        lines.unread_lines().collect::<Vec<_>>(),
        [(Unread::Text, 9), (Unread::Error, 9), (Unread::Columns, 9)],
    );
    assert!(came.others.contains(&Event::Unread(Unread::Error, "ERR sensor".to_owned())));
}

#[test]
fn a_board_that_sends_something_else_is_looked_at_anew() {
    let text: String = (0..201).map(plain).collect();
    let other: String = (0..200).map(|k| format!("{}\n", reading(k)[0])).collect();
    let came = Came::whole(Length::Readings(100), &(text + &other));
    let axes: Vec<usize> = came.recordings.iter().map(|(one, _)| one.axes()).collect();
    assert_eq!((axes, came.lengths()), (vec![3, 3, 1, 1], vec![100; 4]));
}

/// The rate of all that came is that of what comes after a cable was pulled, too.
#[test]
fn a_rate_goes_on_where_the_cable_is_put_back() {
    let mut lines = Lines::new(Length::Readings(100));
    let mut rates = Vec::new();
    for (begin, count) in [(0.0, 10_000), (200.0, 250)] {
        for k in 0..count {
            // The second time each comes a little late, the later the more.
            let step = if begin > 0.0 { 0.0101 } else { 0.01 };
            let at = Duration::from_secs_f64(begin + step * k as f64);
            for event in lines.push(plain(k).as_bytes(), at, Duration::ZERO) {
                if let Event::Taken(taken) = event {
                    rates.extend(taken.recording.rate_hz());
                }
            }
        }
        lines.cut();
    }
    let last = *rates.last().unwrap();
    assert!(rates.len() > 100 && (last / 100.0 - 1.0).abs() < 1e-3, "{last}");
}

#[test]
fn it_is_said_what_it_is_that_is_not_read() {
    let garbage: Vec<u8> =
        (0..2000u32).map(|k| (k.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let came = Came::of(Length::Seconds(1.0), [(garbage.as_slice(), 0.0), (&garbage, 1.0)]);
    assert_eq!(came.others.iter().filter(|event| **event == Event::Garbage).count(), 1);
    let came = Came::whole(Length::Seconds(1.0), &"waiting for the sensor\n".repeat(100));
    assert!(came.others.contains(&Event::NoNumbers));
    let nine = |k: usize| vec![reading(k)[0].to_string(); 9].join(",") + "\n";
    let came = Came::whole(Length::Seconds(1.0), &(0..40).map(nine).collect::<String>());
    assert!(came.others.contains(&Event::TooManyAxes(9)));
}

#[test]
fn a_line_without_an_end_takes_no_memory() {
    let mut lines = Lines::new(Length::Readings(100));
    let info = allocation_counter::measure(|| {
        for at in 0..1000 {
            let events = lines.push(&[b'1'; 4096], Duration::from_millis(at), Duration::ZERO);
            assert!(events.is_empty(), "{events:?}");
        }
    });
    assert!(info.bytes_max < 4096, "{info:?}");
    let came =
        Came::whole(Length::Readings(8), &("x\n".to_owned() + &"1".repeat(5000) + "\n1,2\n"));
    assert!(came.others.contains(&Event::Unread(Unread::TooLong, String::new())));
    assert_eq!(came.axis(1), [2.0]);
}

/// Some bytes in pieces of these lengths, and when each came at so many bytes a second.
fn pieces<'b>(bytes: &'b [u8], lengths: &[usize], speed: f64) -> Vec<(&'b [u8], f64)> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    let mut lengths = lengths.iter().cycle();
    while at < bytes.len() {
        let end = (at + lengths.next().unwrap()).min(bytes.len());
        pieces.push((&bytes[at..end], end as f64 / speed));
        at = end;
    }
    pieces
}

proptest! {
    /// Wherever bytes are cut, the same recordings come of them.
    #[test]
    fn pieces_are_nothing_but_pieces(
        lengths in prop::collection::vec(1usize..90, 1..9),
        speed in 1e4f64..1e6,
        missing in prop::collection::vec(0usize..600, 0..4),
        between in prop::collection::vec((0usize..600, "[ -~]{0,30}|ERR 5|1,2|\\PC{0,9}"), 0..4),
        length in 1usize..200,
    ) {
        let mut text = String::new();
        for (k, line) in timed(600, 200.0, 1e-6).lines().enumerate() {
            if missing.contains(&k) {
                continue;
            }
            text += line;
            text += "\r\n";
            for (_, word) in between.iter().filter(|(at, _)| *at == k) {
                text += word;
                text += "\n";
            }
        }
        let length = Length::Readings(length);
        let whole = Came::whole(length, &text);
        let came = Came::of(length, pieces(text.as_bytes(), &lengths, speed));
        prop_assert!(came.recordings == whole.recordings);
        prop_assert_eq!(came.readings, whole.readings);
        prop_assert!(came.readings as usize >= 595 - missing.len());
        prop_assert_eq!(came.lengths().iter().sum::<usize>(), came.readings as usize);
    }

    /// Whatever comes, it is taken.
    #[test]
    fn any_bytes_are_taken(
        parts in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..200),
                "[-0-9.,;\t a-z:\r\n]{0,200}".prop_map(String::into_bytes),
                "(-?[0-9]{1,3}(\\.[0-9]{1,20})?([,;\t ]|\n)){0,60}".prop_map(String::into_bytes),
                "(-?[0-9]{1,3}(e-?[0-9]{1,3})?,(nan|inf|1e308|-1e308|4294967295)\n){0,40}"
                    .prop_map(String::into_bytes),
            ],
            0..12,
        ),
        seconds in 1e-6f64..1e6,
    ) {
        let pieces = parts.iter().enumerate().map(|(k, part)| (part.as_slice(), k as f64));
        let came = Came::of(Length::Seconds(seconds), pieces);
        let taken: usize = came.lengths().iter().sum();
        prop_assert!(taken as u64 <= came.readings);
    }
}
