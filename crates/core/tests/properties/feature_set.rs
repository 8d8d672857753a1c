//! Names of feature sets, and how many numbers they give.

use judder_core::{Bands, Error, Feature, FeatureSet, MAX_AXES, MAX_FEATURES, MIN_LENGTH};
use proptest::prelude::*;

use crate::windows::extract;

/// Every subset of the features but the empty one, in any order.
fn features() -> impl Strategy<Value = Vec<Feature>> {
    prop::sample::subsequence(Feature::ALL.to_vec(), 1..=Feature::ALL.len()).prop_shuffle()
}

/// A window without two equal axes: `[axes][length]`.
fn window(axes: usize) -> Vec<Vec<f64>> {
    let reading = |axis: usize, at: usize| ((at * at * (axis + 2)) % 13) as f64 - 3.0;
    (0..axes).map(|axis| (0..4 * MIN_LENGTH).map(|at| reading(axis, at)).collect()).collect()
}

proptest! {
    #[test]
    fn a_name_reads_back_as_the_same_set(features in features(), blanks in "[ ]{0,2}") {
        let set = FeatureSet::new(&features).unwrap();
        prop_assert!(set.features().eq(features.iter().copied()));
        let name = set.to_string();
        let joined: Vec<String> = features.iter().map(|f| f.to_string()).collect();
        prop_assert_eq!(&name, &joined.join("+"));
        prop_assert_eq!(name.parse::<FeatureSet>(), Ok(set));
        prop_assert_eq!(joined.join(&format!("{blanks}+{blanks}")).parse::<FeatureSet>(), Ok(set));
    }

    #[test]
    fn a_feature_twice_is_refused(features in features(), at in any::<prop::sample::Index>()) {
        let mut twice = features.clone();
        twice.push(features[at.index(features.len())]);
        prop_assert_eq!(FeatureSet::new(&twice), Err(Error::FeatureSet));
        let name = twice.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("+");
        prop_assert_eq!(name.parse::<FeatureSet>(), Err(Error::FeatureSet));
    }

    #[test]
    fn no_text_makes_it_panic(name in ".{0,40}") {
        if let Ok(set) = name.parse::<FeatureSet>() {
            prop_assert_eq!(set.to_string().parse::<FeatureSet>(), Ok(set));
        }
    }

    #[test]
    fn counts_names_and_values_agree(features in features(), axes in 1..=MAX_AXES) {
        let set = FeatureSet::new(&features).unwrap();
        let names: Vec<String> = set.names(axes).map(|name| name.to_string()).collect();
        match set.count(axes) {
            Ok(count) => {
                prop_assert_eq!(names.len(), count);
                prop_assert_eq!(extract::<f64>(&set, &window(axes)).unwrap().len(), count);
                prop_assert!(count <= MAX_FEATURES);
                let mut different = names.clone();
                different.sort();
                different.dedup();
                prop_assert_eq!(different.len(), count);
            }
            Err(error) => {
                let of_pairs = [Feature::Correlation, Feature::DiffCorrelation];
                prop_assert!(axes == 1 && features.iter().all(|f| of_pairs.contains(f)));
                prop_assert_eq!(error, Error::NoFeatures { axes });
                prop_assert_eq!(extract::<f64>(&set, &window(1)), Err(error));
                prop_assert!(names.is_empty());
            }
        }
    }
}

#[test]
fn unknown_and_missing_names_are_refused() {
    for name in ["", "+", " ", "mad+", "+mad", "mad++std", "MAD", "mad-log", "mad,std", "mad std"] {
        assert_eq!(name.parse::<FeatureSet>(), Err(Error::UnknownFeature), "{name:?}");
    }
    assert_eq!(FeatureSet::new(&[]), Err(Error::FeatureSet));
}

#[test]
fn all_features_of_all_axes_are_the_most() {
    let most = |feature| match feature {
        Feature::Bands(_) => Feature::Bands(Bands::new(Bands::MAX).unwrap()),
        Feature::TotalBands(_) => Feature::TotalBands(Bands::new(Bands::MAX).unwrap()),
        Feature::TotalOctaves(_) => {
            Feature::TotalOctaves(Bands::octaves(Bands::MAX_OCTAVES).unwrap())
        }
        other => other,
    };
    let set = FeatureSet::new(&Feature::ALL.map(most)).unwrap();
    assert_eq!(set.count(MAX_AXES), Ok(MAX_FEATURES));
    for axes in [0, MAX_AXES + 1, usize::MAX] {
        assert_eq!(set.count(axes), Err(Error::AxisCount { axes }));
    }
}

#[test]
fn a_count_of_any_number_of_axes_does_not_overflow() {
    assert_eq!(Feature::Correlation.count(3), 3);
    assert_eq!(Feature::Correlation.count(0), 0);
    assert!(Feature::Correlation.count(usize::MAX) > usize::MAX / 4);
    assert_eq!(Feature::LogCov.count(3), 6);
    assert_eq!(Feature::LogCov.count(0), 0);
    assert!(Feature::LogCov.count(usize::MAX) > usize::MAX / 4);
    for feature in Feature::ALL {
        assert_eq!(feature.count(0), 0, "{feature}");
    }
    let bands = Bands::new(5).unwrap();
    assert_eq!(Feature::Bands(bands).count(usize::MAX), usize::MAX);
    assert_eq!((Feature::Bands(bands).count(3), Feature::TotalBands(bands).count(3)), (15, 5));
    assert_eq!((Feature::LogEigen.count(3), Feature::Tonal.count(3)), (3, 6));
    assert_eq!([1, 2, 8].map(|axes| Feature::LevelLogStd.count(axes)), [1, 2, 2]);
}

#[test]
fn bands_are_1_to_32_and_written_in_one_way() {
    for count in 1..=32u8 {
        for word in ["bands", "total-bands"] {
            let name = format!("{word}:{count}");
            let set: FeatureSet = name.parse().unwrap();
            assert_eq!(set.to_string(), name);
            assert_eq!(set.features().next().and_then(Feature::bands), Bands::new(count).ok());
            assert_eq!(Bands::new(count).unwrap().get(), count);
        }
    }
    for count in [0, 33, u8::MAX] {
        assert_eq!(Bands::new(count), Err(Error::Bands));
    }
    let numbers =
        ["0", "33", "255", "256", "x", "", "08", "+8", "-8", "8:", "8:8", " 8", "8x", "٨"];
    for number in numbers {
        for word in ["bands", "total-bands", "mad", "log-eigen"] {
            let name = format!("{word}:{number}");
            assert_eq!(name.parse::<FeatureSet>(), Err(Error::Bands), "{name}");
        }
    }
    for name in ["total-octaves:1", "total-octaves:6"] {
        assert_eq!(name.parse::<FeatureSet>().unwrap().to_string(), name);
    }
    for name in ["total-octaves:0", "total-octaves:7", "total-octaves:05", "total-octaves"] {
        assert_eq!(name.parse::<FeatureSet>(), Err(Error::Bands), "{name}");
    }
    for name in ["bands", "total-bands", "mad:3", "mad+bands", "tonal:16", "correlation:"] {
        assert_eq!(name.parse::<FeatureSet>(), Err(Error::Bands), "{name}");
    }
    for name in ["band:8", "bands8", "Bands:8", "total:8", ":8", "log-mads", "bands-total:8"] {
        assert_eq!(name.parse::<FeatureSet>(), Err(Error::UnknownFeature), "{name}");
    }
    let said = Error::Bands.to_string();
    assert!(said.contains("from 1 to 32") && said.contains("bands:16"), "{said}");
}

/// Two numbers for what is nearly the same would make a covariance that is nearly singular.
#[test]
fn bands_twice_are_refused_whatever_their_number() {
    for name in ["bands:8+bands:8", "bands:8+bands:16", "total-bands:1+mad+total-bands:2"] {
        assert_eq!(name.parse::<FeatureSet>(), Err(Error::FeatureSet), "{name}");
    }
    assert!("bands:8+total-bands:16".parse::<FeatureSet>().is_ok());
}

#[test]
fn logarithms_are_those_that_are_named_so_and_energies() {
    for feature in Feature::ALL {
        let name = feature.to_string();
        let expected = ["log-", "bands", "octaves"].iter().any(|word| name.contains(word));
        assert_eq!(feature.is_logarithm(), expected, "{name}");
    }
}

#[test]
fn numbers_are_named_after_their_axes() {
    let names_of = |set: &str, axes| {
        let set: FeatureSet = set.parse().unwrap();
        set.names(axes).map(|name| name.to_string()).collect::<Vec<_>>()
    };
    let names = |axes| names_of("mad+correlation", axes);
    let three = ["mad x", "mad y", "mad z", "correlation xy", "correlation xz", "correlation yz"];
    assert_eq!(names(3), three);
    assert_eq!(names(1), ["mad x"]);
    assert_eq!(names(4)[..5], ["mad 1", "mad 2", "mad 3", "mad 4", "correlation 1:2"]);
    assert_eq!(names(4).last().unwrap(), "correlation 3:4");
    let of_three = ["xx", "xy", "xz", "yy", "yz", "zz"];
    assert_eq!(names_of("log-cov", 3), of_three.map(|axes| format!("log-cov {axes}")));
    assert_eq!(names_of("diff-log-cov", 3), of_three.map(|axes| format!("diff-log-cov {axes}")));
    assert_eq!(names_of("log-cov", 1), ["log-cov xx"]);
    let four = names_of("log-cov", 4);
    assert_eq!(
        (&four[0][..], &four[1][..], &four[9][..]),
        ("log-cov 1:1", "log-cov 1:2", "log-cov 4:4")
    );
    let others = names_of("log-std+diff-std+diff-log-std+diff-correlation", 2);
    let two = ["log-std x", "log-std y", "diff-std x", "diff-std y", "diff-log-std x"];
    assert_eq!(
        (&others[..5], &others[5..]),
        (
            &two.map(String::from)[..],
            &["diff-log-std y", "diff-correlation xy"].map(String::from)[..]
        )
    );
}

#[test]
fn numbers_of_one_axis_or_none_are_told_apart() {
    let names_of = |set: &str, axes| {
        let set: FeatureSet = set.parse().unwrap();
        set.names(axes).map(|name| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        names_of("bands:2", 2),
        ["bands:2 x[1]", "bands:2 x[2]", "bands:2 y[1]", "bands:2 y[2]"]
    );
    assert_eq!(names_of("bands:1", 4)[3], "bands:1 4[1]");
    assert_eq!(names_of("total-bands:2", 3), ["total-bands:2 [1]", "total-bands:2 [2]"]);
    assert_eq!(
        names_of("tonal", 2),
        ["x energy", "x frequency", "y energy", "y frequency"].map(|n| format!("tonal {n}"))
    );
    assert_eq!(names_of("log-eigen", 2), ["log-eigen 1", "log-eigen 2"]);
    assert_eq!(names_of("diff-log-eigen", 4)[3], "diff-log-eigen 4");
    assert_eq!(names_of("level-log-std", 3), ["level-log-std along", "level-log-std across"]);
    assert_eq!(names_of("level-diff-log-std", 1), ["level-diff-log-std along"]);
}

#[test]
fn a_name_says_which_band_of_which_axis() {
    let set: FeatureSet = "mad+bands:4+total-bands:8".parse().unwrap();
    let names: Vec<_> = set.names(2).collect();
    let of = |at: usize| (names[at].axis, names[at].other, names[at].index);
    assert_eq!((of(1), names[1].band(64)), ((Some(1), None, None), None));
    assert_eq!((of(7), names[7].band(64)), ((Some(1), None, Some(1)), Some((0.125, 0.25))));
    assert_eq!((of(17), names[17].band(64)), ((None, None, Some(7)), Some((0.4375, 0.5))));
    // Of 32 lines a third is 10 of them: the edges are lines of the transform.
    let third: FeatureSet = "bands:3".parse().unwrap();
    let edges = |length| third.names(1).nth(1).and_then(|name| name.band(length));
    assert_eq!(edges(127), Some((10.0 / 64.0, 21.0 / 64.0)));
    assert_eq!(edges(128), Some((21.0 / 128.0, 42.0 / 128.0)));
    assert_eq!(edges(1000), Some((42.0 / 256.0, 85.0 / 256.0)));
}

#[test]
fn buffers_that_are_too_small_are_refused() {
    use judder_core::Readings;
    let set: FeatureSet = "mad+std".parse().unwrap();
    let values: Vec<f32> = window(2).concat().iter().map(|&x| x as f32).collect();
    let length = values.len() / 2;
    let window = Readings::new(&values, 2, length).unwrap();
    let extract = |scratch: usize, space: usize| {
        let (mut scratch, mut space) = (vec![0; scratch], vec![0.0; space]);
        set.extract(&window, &mut scratch, &mut space).map(<[f32]>::len)
    };
    assert_eq!(extract(length, 4), Ok(4));
    assert_eq!(extract(length + 5, 9), Ok(4));
    let (expected, found) = (length, length - 1);
    assert_eq!(extract(found, 4), Err(Error::Shape { expected, found }));
    assert_eq!(extract(length, 3), Err(Error::Shape { expected: 4, found: 3 }));
}
