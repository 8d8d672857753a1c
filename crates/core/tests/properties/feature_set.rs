//! Names of feature sets, and how many numbers they give.

use judder_core::{Error, Feature, FeatureSet, MAX_AXES, MAX_FEATURES, MIN_LENGTH};
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
        let joined: Vec<&str> = features.iter().map(|f| f.name()).collect();
        prop_assert_eq!(&name, &joined.join("+"));
        prop_assert_eq!(name.parse::<FeatureSet>(), Ok(set));
        prop_assert_eq!(joined.join(&format!("{blanks}+{blanks}")).parse::<FeatureSet>(), Ok(set));
    }

    #[test]
    fn a_feature_twice_is_refused(features in features(), at in any::<prop::sample::Index>()) {
        let mut twice = features.clone();
        twice.push(features[at.index(features.len())]);
        prop_assert_eq!(FeatureSet::new(&twice), Err(Error::FeatureSet));
        let name = twice.iter().map(|f| f.name()).collect::<Vec<_>>().join("+");
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
    let set = FeatureSet::new(&Feature::ALL).unwrap();
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
