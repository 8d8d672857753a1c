//! Every form of text that a recording may have.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Cursor;

use judder_data::{Recording, read_text};

fn read(text: &str) -> Recording {
    let bytes = Cursor::new(text.as_bytes().to_vec());
    match read_text(bytes, &mut Vec::new()) {
        Ok(mut all) if all.len() == 1 => all.remove(0).1,
        Ok(all) => panic!("{} recordings in {text:?}", all.len()),
        Err(problem) => panic!("{problem}, in {text:?}"),
    }
}

fn rows(recording: &Recording) -> Vec<Vec<f64>> {
    recording.rows().map(Iterator::collect).collect()
}

/// Two rows of three columns, which most forms below hold.
fn two_rows() -> Vec<Vec<f64>> {
    vec![vec![0.25, -0.5, 1.0], vec![1.5, 0.125, -2.0]]
}

#[test]
fn the_same_readings_in_many_forms() {
    for text in [
        "0.25, -0.5, 1\n1.5, 0.125, -2\n",
        "0.25,-0.5,1\n1.5,0.125,-2",
        "0.25 ,-0.5 ,1\n1.5 ,0.125 ,-2\n",
        "0.25 , -0.5 , 1\n1.5 , 0.125 , -2\n",
        "  0.25,  -0.5,     1  \n   1.5, 0.125,    -2  \n",
        "0.25, -0.5, 1\r\n1.5, 0.125, -2\r\n",
        "0.25, -0.5, 1\r\n1.5, 0.125, -2",
        "\u{feff}0.25, -0.5, 1\n1.5, 0.125, -2\n",
        "0.25, -0.5, 1,\n1.5, 0.125, -2,\n",
        "0.25;-0.5;1;\n1.5;0.125;-2;\n",
        "0.25;-0.5;1\n1.5;0.125;-2\n",
        "0.25\t-0.5\t1\n1.5\t0.125\t-2\n",
        "0.25|-0.5|1\n1.5|0.125|-2\n",
        "0.25 -0.5 1\n1.5 0.125 -2\n",
        "   0.25   -0.5   1\n 1.5 0.125 -2  \n",
        "0,25;-0,5;1\n1,5;0,125;-2\n",
        "0,25\t-0,5\t1\n1,5\t0,125\t-2\n",
        "0,25|-0,5|1\n1,5|0,125|-2\n",
        "0,25 -0,5 1\n1,5 0,125 -2\n",
        "\"0.25\",\"-0.5\",\"1\"\n\"1.5\",\"0.125\",\"-2\"\n",
        "\"0,25\";\"-0,5\";\"1\"\n\"1,5\";\"0,125\";\"-2\"\n",
        "2.5e-1, -5E-1, 1e0\n15e-1, 1.25e-1, -2e+0\n",
        "+.25, -.5, 1.\n+1.5, 00.125, -2.0\n",
        "\n\n0.25, -0.5, 1\n\n   \n1.5, 0.125, -2\n\n",
        "# a comment\n0.25, -0.5, 1\n  # another, 1, 2\n1.5, 0.125, -2\n# the last",
        "x, y, z\n0.25, -0.5, 1\n1.5, 0.125, -2\n",
        "x,y,z\r\n0.25,-0.5,1\r\n1.5,0.125,-2\r\n",
        "\"x\";\"y\";\"z\"\n0,25;-0,5;1\n1,5;0,125;-2\n",
        "\u{feff}# a board\n\nx [g]\ty [g]\tz [g]\n0.25\t-0.5\t1\n1.5\t0.125\t-2\n",
    ] {
        assert_eq!(rows(&read(text)), two_rows(), "{text:?}");
        assert_eq!(read(text).rate_hz(), None, "{text:?}");
    }
}

#[test]
fn one_to_eight_columns() {
    for axes in 1..=8 {
        for delimiter in [", ", ";", "\t", "|", " "] {
            let field = |axis: usize, at: usize| format!("{}.5", 10 * axis + 3 * at % 7);
            let line = |at: usize| {
                (0..axes).map(|axis| field(axis, at)).collect::<Vec<_>>().join(delimiter) + "\n"
            };
            let recording = read(&(0..20).map(line).collect::<String>());
            assert_eq!((recording.axes(), recording.len()), (axes, 20), "{delimiter:?}");
            assert_eq!(recording.axis(axes - 1)[1], (10 * (axes - 1) + 3) as f64 + 0.5);
        }
    }
}

#[test]
fn integers_stand_among_decimal_commas() {
    let recording = read("0;0;1\n0,25;0;1\n1;0,5;0,75\n");
    assert_eq!(recording.axis(0), [0.0, 0.25, 1.0]);
    assert_eq!(recording.axis(2), [1.0, 1.0, 0.75]);
    let recording = read("0 0 1\n0,25 0 1\n");
    assert_eq!(recording.axis(0), [0.0, 0.25]);
}

#[test]
fn commas_are_delimiters_where_blanks_are_not() {
    for text in ["1,2\n3,4\n", "1,2 \n3,4 \n", "1, 2\n3, 4\n", "1 ,2\n3 ,4\n"] {
        assert_eq!(rows(&read(text)), [[1.0, 2.0], [3.0, 4.0]], "{text:?}");
    }
}

/// Twelve rows of a time in steps of `step` from `start` on, and two axes.
fn timed(header: &str, start: f64, step: f64) -> Recording {
    let row = |at: u32| {
        let wobble = f64::from(at * 7 % 5) - 2.0;
        format!("{}, {wobble}, {}\n", start + step * f64::from(at), -wobble)
    };
    read(&(header.to_owned() + &(0..12).map(row).collect::<String>()))
}

#[test]
fn a_named_time_column_tells_the_rate() {
    for (header, step, rate) in [
        ("time_ms, x, y\n", 5.0, Some(200)),
        ("t [ms], x, y\n", 5.0, Some(200)),
        ("Time (us), x, y\n", 5000.0, Some(200)),
        ("timestamp µs, x, y\n", 5000.0, Some(200)),
        ("\"time [s]\", \"x\", \"y\"\n", 0.005, Some(200)),
        ("time/ns, x, y\n", 5e6, Some(200)),
        ("seconds, x, y\n", 0.005, Some(200)),
        ("millis, x, y\n", 5.0, Some(200)),
        ("micros, x, y\n", 5000.0, Some(200)),
        ("time, x, y\n", 0.005, Some(200)),
        ("time, x, y\n", 5.0, Some(200)),
        ("time, x, y\n", 50.0, None),
        ("index, x, y\n", 1.0, None),
        ("sample, x, y\n", 1.0, None),
    ] {
        let recording = timed(header, 17.0, step);
        assert_eq!((recording.axes(), recording.len()), (2, 12), "{header:?}");
        let found = recording.rate_hz().map(|rate| rate.round() as i64);
        assert_eq!(found, rate, "{header:?} in steps of {step}");
        assert_eq!(recording.axis(0)[..3], [-2.0, 0.0, 2.0]);
    }
}

#[test]
fn a_time_column_may_stand_anywhere() {
    let recording = read("x, y, time_ms\n1, 2, 10\n3, 4, 20\n5, 6, 30\n");
    assert_eq!(rows(&recording), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    assert_eq!(recording.rate_hz(), Some(100.0));
}

#[test]
fn a_first_column_that_grows_is_a_time() {
    assert_eq!(timed("", 0.0, 1.0).axes(), 2);
    assert_eq!(timed("", 0.0, 1.0).rate_hz(), None);
    assert_eq!(timed("", 100.0, 0.5).rate_hz(), Some(2.0));
    // Too few readings to tell.
    assert_eq!(read("1, 2\n2, 2\n3, 1\n").axes(), 2);
    // It does not grow for ever.
    let saw: String = (0..40).map(|at| format!("{}, {}\n", at % 20, at % 3)).collect();
    assert_eq!(read(&saw).axes(), 2);
    // A clock that misses some readings goes on; a hole parts two recordings.
    let jumping = |to: usize| {
        let time = |at: usize| if at < 20 { at } else { at + to };
        let rows: String = (0..40).map(|at| format!("{}, {}\n", time(at), at % 3)).collect();
        let found = read_text(Cursor::new(rows.into_bytes()), &mut Vec::new()).unwrap();
        found.iter().map(|(name, one)| (name.clone(), one.axes(), one.len())).collect::<Vec<_>>()
    };
    assert_eq!(jumping(2), [(String::new(), 1, 40)]);
    for to in [7, 4000] {
        assert_eq!(jumping(to), [(String::new(), 1, 20), ("[20]".to_owned(), 1, 20)]);
    }
    // Called an axis, it is one.
    let ramp: String = (0..40).map(|at| format!("{at}, {}\n", at % 3)).collect();
    assert_eq!(read(&format!("X, Y\n{ramp}")).axes(), 2);
    assert_eq!(read(&format!("a, b\n{ramp}")).axes(), 1);
    // Alone it is a reading.
    let ramp: String = (0..40).map(|at| format!("{at}\n")).collect();
    assert_eq!(read(&ramp).axes(), 1);
}

#[test]
fn eight_axes_and_a_time() {
    let row = |at: usize| format!("{at}, 1, 2, 3, 4, 5, 6, 7, {}\n", at % 2);
    let header = "time_ms, a, b, c, d, e, f, g, h\n".to_owned();
    let recording = read(&(header + &(0..9).map(row).collect::<String>()));
    assert_eq!((recording.axes(), recording.rate_hz()), (8, Some(1000.0)));
}

#[test]
fn extreme_numbers_are_read_exactly() {
    let texts = ["1.7976931348623157e308", "5e-324", "-0", "0.1", "123456789012345678", "1e-400"];
    let recording = read(&texts.join(", "));
    for (axis, text) in texts.iter().enumerate() {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(recording.axis(axis)[0].to_bits(), expected.to_bits(), "{text}");
    }
}
