//! A model that is written is read again, equal, and written in equal bytes.

use judder_core::{Feature, FeatureSet, MAX_AXES};
use judder_model::{
    Binding, DetectorKind, Figure, Gaussian, Learning, Model, Normal, Precision, Provenance, Rule,
    Threshold,
};
use proptest::prelude::*;

/// Positive, over nearly all that f64 has.
fn positive() -> impl Strategy<Value = f64> {
    prop_oneof![
        1e-3..1e3f64,
        (-300i32..300, 1.0..10.0f64).prop_map(|(exponent, x)| x * 10f64.powi(exponent)),
        Just(f64::MAX),
        Just(f64::MIN_POSITIVE),
        Just(f64::from_bits(1)),
    ]
}

/// Text as people have it in paths, and as they should not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("<script>alert(\"1\")</script>".to_owned()),
        Just("fan/ÄÖ ﬁ 🌀 \u{202e}\u{0}\u{7f}\\n\n\t/\"'&amp;".to_owned()),
    ]
}

fn features() -> impl Strategy<Value = FeatureSet> {
    proptest::sample::subsequence(&Feature::ALL[..], 1..=Feature::ALL.len())
        .prop_shuffle()
        .prop_map(|features| FeatureSet::new(&features).unwrap())
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        Just(Rule::Conformal),
        Just(Rule::Quantile),
        Just(Rule::ChiSquared),
        positive().prop_map(Rule::MeanPlusSd),
        Just(Rule::Given(0.5)),
    ]
}

fn threshold() -> impl Strategy<Value = Threshold> {
    (positive(), rule(), proptest::option::of(0.0..=1.0f64), any::<u32>()).prop_map(
        |(value, rule, false_alarm_rate, windows)| {
            let rule = if let Rule::Given(_) = rule { Rule::Given(value) } else { rule };
            Threshold { value, rule, false_alarm_rate, windows: windows as usize }
        },
    )
}

fn learning() -> impl Strategy<Value = Learning> {
    (any::<[u16; 3]>(), positive(), -10.0..=1.0f64).prop_map(|(counts, loss, explained)| {
        let [epochs, starts, refused] = counts.map(usize::from);
        Learning { epochs, loss, explained, starts, refused }
    })
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let normal = (text(), any::<u32>(), any::<u32>()).prop_map(|(path, recordings, windows)| {
        Normal { path, recordings: recordings as usize, windows: windows as usize }
    });
    (
        text(),
        proptest::collection::vec(normal, 0..3),
        proptest::option::of(text()),
        proptest::option::of((text(), 0.0..=1.0f64)),
        proptest::option::of(learning()),
        any::<Option<u64>>(),
        "[0-9a-f]{0,64}",
    )
        .prop_map(|(origin, normal, data_sha256, shrinkage, learning, seed, seen)| {
            Provenance {
                origin,
                normal,
                before: data_sha256.clone(),
                data_sha256,
                shrinkage,
                learning,
                seed,
                seen,
            }
        })
}

fn figures() -> impl Strategy<Value = Vec<Figure>> {
    let figure = (text(), any::<[u16; 4]>(), proptest::option::of(0.0..=1.0f64)).prop_map(
        |(split, counts, auc)| {
            let [normal_windows, false_alarms, anomaly_windows, missed] = counts.map(usize::from);
            Figure { split, normal_windows, false_alarms, anomaly_windows, missed, auc }
        },
    );
    proptest::collection::vec(figure, 0..3)
}

/// A covariance in any units: a tridiagonal correlation of so many features together, scaled.
fn gaussian(
    n: usize,
    means: &[f64],
    scales: &[f64],
    (correlation, together): (f64, usize),
) -> Gaussian {
    let element = |row: usize, column: usize| match row.abs_diff(column) {
        0 => scales[row] * scales[row],
        1 if row / together == column / together => correlation * scales[row] * scales[column],
        _ => 0.0,
    };
    let covariance = (0..n * n).map(|at| element(at / n, at % n)).collect();
    Gaussian::new(means[..n].to_vec(), covariance).unwrap()
}

fn model() -> impl Strategy<Value = Model> {
    let most = judder_core::MAX_FEATURES;
    let scale = (-140i32..140, 1.0..10.0f64).prop_map(|(exponent, x)| x * 10f64.powi(exponent));
    let mean = (positive(), any::<bool>()).prop_map(|(x, minus)| if minus { -x } else { x });
    let numbers = (
        proptest::collection::vec(mean, most),
        proptest::collection::vec(scale, most),
        (-0.49..0.49f64, 1..=most),
    );
    let shape = (2..=MAX_AXES, 8usize..1 << 40, 1usize..1 << 40, positive());
    ((features(), shape), numbers, threshold(), provenance(), figures()).prop_map(
        |((features, (axes, window, hop, rate_hz)), numbers, threshold, provenance, figures)| {
            let count = features.count(axes).unwrap();
            let gaussian = gaussian(count, &numbers.0, &numbers.1, numbers.2);
            let (binding, detector) =
                (Binding { axes, window, hop, rate_hz }, DetectorKind::Mahalanobis(gaussian));
            Model::new(binding, Precision::F64, features, detector, threshold, provenance)
                .unwrap()
                .with_figures(figures)
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(model in model()) {
        let bytes = model.to_json();
        let read = Model::from_json(&bytes).unwrap();
        prop_assert_eq!(&read, &model);
        // Equal by `==`, which takes -0 for 0; equal bytes mean equal bits.
        prop_assert_eq!(read.to_json(), bytes);
    }
}

/// In lower triangles, with what is needed to be read alike, and neither more nor less.
#[test]
fn blocks_are_written_as_lower_triangles() {
    let squares = vec![vec![2.0, 0.5, 0.5, 3.0], vec![4.0]];
    let one = Gaussian::of_blocks(vec![0.5; 3], squares).unwrap();
    let whole = Gaussian::new(vec![0.5; 3], one.covariance()).unwrap();
    for detector in [
        DetectorKind::Mahalanobis(one.clone()),
        DetectorKind::Mixture(judder_model::Mixture::new(vec![one, whole]).unwrap()),
    ] {
        let model = super::samples::model_of("mad", 3, Precision::F32, |_| detector.clone());
        let text = String::from_utf8(model.to_json()).unwrap();
        let blocks = "\"blocks\": [[[2.0], [0.5, 3.0]], [[4.0]]]";
        assert_eq!(text.matches(blocks).count(), detector.states(), "{text}");
        assert!(!text.contains("covariance"), "{text}");
        assert_eq!(Model::from_json(text.as_bytes()).unwrap(), model);
        // As version 1, and as version 2 so far, had it: all of it.
        let rows = "\"covariance\": [[2.0, 0.5, 0.0], [0.5, 3.0, 0.0], [0.0, 0.0, 4.0]]";
        let old = text.replace(blocks, rows);
        assert_eq!(Model::from_json(old.as_bytes()).unwrap(), model);
        let old = old.replace("\"version\": 2", "\"version\": 1");
        let read = Model::from_json(old.as_bytes()).unwrap();
        assert_eq!(read.detector(), model.detector());
    }
}

#[test]
fn models_of_f32_are_written_and_read() {
    for axes in 2..=MAX_AXES {
        let model = super::samples::model(&super::samples::every_feature(), axes, Precision::F32);
        let read = Model::from_json(&model.to_json()).unwrap();
        assert_eq!((read.precision(), &read), (Precision::F32, &model));
    }
}

/// The rule of a number that was given is that number, however the two were put together.
#[test]
fn a_given_threshold_is_its_rule() {
    let features: FeatureSet = "mad".parse().unwrap();
    let detector = DetectorKind::Mahalanobis(super::samples::gaussian(1));
    let threshold =
        Threshold { rule: Rule::Given(0.1), ..super::samples::given(f64::from(0.1f32)) };
    let (binding, provenance) = (super::samples::binding(1), Provenance::default());
    let model =
        Model::new(binding, Precision::F32, features, detector, threshold, provenance).unwrap();
    assert_eq!(Model::from_json(&model.to_json()).unwrap(), model);
}
