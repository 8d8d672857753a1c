//! A recording among the normal ones that is not normal.

use std::fs;

use crate::room::{NORMAL, Room};

#[test]
fn one_that_the_threshold_rests_on_is_named() {
    let room = Room::with_fan();
    room.judder("simulate --out other --states high --recordings 1 --readings 64").well();
    for detector in ["mahalanobis", "autoencoder"] {
        let train =
            format!("train --detector {detector} --features mad --normal {NORMAL} -o m.json");
        let before = room.judder(&train).well();
        assert!(!before.stderr.contains("farthest"), "{}", before.stderr);
        let strange = room.path(NORMAL).join("0999.csv");
        fs::copy(room.path("other/fan_0_high_0_weight/0000.csv"), &strange).unwrap();
        let after = room.judder(&train).well();
        let says = format!("note: 1 recording scores far above the other normal ones, {NORMAL}");
        assert!(after.stderr.contains(&says), "{}", after.stderr);
        assert!(after.stderr.contains("0999.csv the farthest"), "{}", after.stderr);
        fs::remove_file(strange).unwrap();
    }
}
