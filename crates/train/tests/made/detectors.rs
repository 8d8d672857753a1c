//! Fitting by families, and the detectors that are no Gaussian.

use judder_core::FeatureSet;
use judder_model::{DetectorKind, Gaussian, Precision, feature_scores};
use judder_train::{Family, Fit, Fitted, Method, Options, Shrinkage, fit, fit_families, train_on};
use proptest::prelude::*;

use crate::windows::{USUAL, baseline, each, folder, noise, usual, without_gravity};

const P: usize = 5;

/// Two families: three numbers that are alike, and two in units of their own.
fn families() -> Vec<Family> {
    vec![Family { columns: 0..3, alike: true }, Family { columns: 3..5, alike: false }]
}

const ALL: [Shrinkage; 4] =
    [Shrinkage::None, Shrinkage::LedoitWolf, Shrinkage::Families, Shrinkage::Oas];

fn rows() -> impl Strategy<Value = Vec<[f64; P]>> {
    prop::collection::vec(prop::array::uniform5(-10.0f64..10.0), 2..30)
}

/// Two reflections are a rotation.
fn rotated(row: &[f64; 3], mirrors: &[[f64; 3]; 2]) -> [f64; 3] {
    let mut row = *row;
    for mirror in mirrors {
        let squared: f64 = mirror.iter().map(|x| x * x).sum();
        let along: f64 = row.iter().zip(mirror).map(|(x, m)| x * m).sum::<f64>() / squared;
        row.iter_mut().zip(mirror).for_each(|(x, m)| *x -= 2.0 * along * m);
    }
    row
}

proptest! {
    #[test]
    fn one_family_of_all_is_the_plain_fit(rows in rows()) {
        let values = rows.concat();
        for how in ALL {
            let whole = fit_families(&values, P, 0..rows.len(), how, &Family::whole(P));
            prop_assert_eq!(whole, fit(&values, P, 0..rows.len(), how));
        }
    }

    #[test]
    fn families_have_nothing_to_do_with_each_other(rows in rows()) {
        let values = rows.concat();
        for how in ALL {
            let Fit { mean, covariance, .. } =
                fit_families(&values, P, 0..rows.len(), how, &families()).unwrap();
            for i in 0..P {
                for j in 0..P {
                    if (i < 3) != (j < 3) {
                        prop_assert_eq!(covariance[i * P + j], 0.0);
                    }
                }
            }
            // Each is as if there were no other, and units of one are its own.
            let other = |row: &[f64; P]| [row[3], 1e3 * row[4]];
            let alone: Vec<f64> = rows.iter().flat_map(other).collect();
            let alone = fit(&alone, 2, 0..rows.len(), how).unwrap();
            for (i, unit) in [1.0, 1e3].into_iter().enumerate() {
                prop_assert!((mean[3 + i] * unit - alone.mean[i]).abs() <= 1e-12 * 1e4);
                for (j, other) in [1.0, 1e3].into_iter().enumerate() {
                    let found = covariance[(3 + i) * P + 3 + j] * unit * other;
                    let scale = unit * other * 1e2;
                    prop_assert!((found - alone.covariance[i * 2 + j]).abs() <= 1e-12 * scale);
                }
            }
        }
    }

    /// Q Σ Qᵀ, and the variance is shared as the trace says.
    #[test]
    fn the_fit_to_rotated_numbers_that_are_alike_is_the_rotated_fit(
        rows in prop::collection::vec(prop::array::uniform3(-10.0f64..10.0), 2..30),
        mirrors in prop::array::uniform2(prop::array::uniform3(0.1f64..1.0)),
    ) {
        let alike = [Family { columns: 0..3, alike: true }];
        let of = |rows: Vec<[f64; 3]>| {
            fit_families(&rows.concat(), 3, 0..rows.len(), Shrinkage::Families, &alike).unwrap()
        };
        let turn = |row: &[f64; 3]| rotated(row, &mirrors);
        let (plain, turned) = (of(rows.clone()), of(rows.iter().map(turn).collect()));
        prop_assert_eq!(turned.shrinkage, plain.shrinkage);
        let mean = turn(&[plain.mean[0], plain.mean[1], plain.mean[2]]);
        // The rounding of sums of up to 30 products of numbers up to 20.
        let near = |a: f64, b: f64| (a - b).abs() < 1e-11;
        prop_assert!((0..3).all(|i| near(turned.mean[i], mean[i])));
        let row = |i: usize| [0, 1, 2].map(|j| plain.covariance[i * 3 + j]);
        let half = [0, 1, 2].map(|i| turn(&row(i)));
        let column = |j: usize| turn(&half.map(|row| row[j]));
        let near_column = |j: usize| {
            (0..3).all(|i| near(turned.covariance[i * 3 + j], column(j)[i]))
        };
        prop_assert!((0..3).all(near_column));
    }

    /// From two windows on, with any offset.
    #[test]
    fn distinct_rows_are_never_singular(rows in rows(), copies in 0usize..3, offset in -1e3f64..1e3) {
        let mut rows = rows;
        (0..copies).for_each(|_| rows.push(rows[0]));
        let values: Vec<f64> = rows.concat().iter().map(|x| x + offset).collect();
        let fitted =
            fit_families(&values, P, 0..rows.len(), Shrinkage::Families, &families()).unwrap();
        prop_assert!(Gaussian::new(fitted.mean, fitted.covariance).is_ok());
        prop_assert!(fitted.shrinkage > 0.0 && fitted.shrinkage <= 1.0 / 3.0 + 1e-12);
    }

    #[test]
    fn what_does_not_vary_is_named(rows in rows(), fixed in 0usize..P) {
        let mut values = rows.concat();
        let same = |values: &mut [f64], column: usize| {
            (0..rows.len()).for_each(|row| values[row * P + column] = 0.1);
        };
        same(&mut values, fixed);
        let of = |values: &[f64]| {
            fit_families(values, P, 0..rows.len(), Shrinkage::Families, &families())
        };
        // One of several that are alike may be constant.
        let expected = if fixed < 3 { None } else { Some(fixed) };
        prop_assert_eq!(of(&values).err(), expected);
        (0..3).for_each(|column| same(&mut values, column));
        prop_assert_eq!(of(&values).err(), Some(0));
    }
}

#[test]
fn one_row_is_refused() {
    for count in [0, 1] {
        let refused = fit_families(&[1.0; P], P, 0..count, Shrinkage::Families, &families());
        assert_eq!(refused.unwrap_err(), 0);
    }
}

/// Of the whole feature set, through training.
#[test]
fn a_trained_gaussian_knows_no_correlation_between_features() {
    let options = Options {
        method: Method::Mahalanobis(Shrinkage::Families),
        features: "mad+log-cov+log-mad".parse().unwrap(),
        ..Options::default()
    };
    let trained = train_on(baseline(usual("normal", 0, 60)), None, &options).unwrap();
    let Fitted::Mahalanobis(gaussian, _) = trained.fitted else { panic!("a Gaussian") };
    let families = Family::of_each(&options.features, 3);
    assert_eq!(families.iter().map(|one| one.columns.len()).collect::<Vec<_>>(), [3, 6, 3]);
    assert_eq!(families.iter().map(|one| one.alike).collect::<Vec<_>>(), [false, true, true]);
    let family = |column: usize| families.iter().position(|one| one.columns.contains(&column));
    let n = gaussian.mean().len();
    for (at, &x) in gaussian.covariance().iter().enumerate() {
        let within = family(at / n) == family(at % n);
        assert_eq!(x != 0.0, within, "{} {}", at / n, at % n);
    }
}

fn rows_of(count: usize, set: &FeatureSet) -> Vec<f64> {
    let recordings = usual("normal", 0, count as u64);
    let recordings: Vec<_> = recordings.iter().map(|one| &one.recording).collect();
    judder_train::extract(&recordings, set, 3, 128, 128, Precision::F32).unwrap().0.values
}

#[test]
fn neighbours_are_the_windows_themselves() {
    let (method, features) = (Method::Neighbours(1), "mad+log-mad".parse().unwrap());
    let options = Options { method, features, ..Options::default() };
    let trained = train_on(baseline(usual("normal", 0, 40)), None, &options).unwrap();
    let Fitted::Neighbours(neighbours) = &trained.fitted else { panic!("neighbours") };
    let rows = rows_of(40, &options.features);
    assert_eq!((neighbours.rows(), neighbours.k()), (&rows[..], 1));
    let detector = trained.fitted.detector();
    let scores = feature_scores(&detector, Precision::F32, rows.chunks(6)).unwrap();
    assert_eq!(scores, [0.0; 40]);
    // Out of fold no window is its own neighbour.
    assert!(trained.model.threshold().value > 0.1);
}

#[test]
fn centres_share_their_variances() {
    let options = Options {
        method: Method::KMeans(3),
        features: "log-mad".parse().unwrap(),
        ..Options::default()
    };
    let sizes = [1.0, 4.0, 16.0];
    let make = |at: u64| noise(at, USUAL.map(|sd| sd * sizes[at as usize % 3] / 8.0));
    let trained = train_on(baseline(folder("normal", 60, make)), None, &options).unwrap();
    let Fitted::Mixture(mixture, far, counts) = &trained.fitted else { panic!("centres") };
    assert_eq!((*far, counts.as_slice()), (1.0, &[20, 20, 20][..]));
    for mode in mixture.modes() {
        assert_eq!(mode.covariance(), mixture.modes()[0].covariance());
        for (at, &x) in mode.covariance().iter().enumerate() {
            assert_eq!(x > 0.0, at % 4 == 0);
        }
    }
    assert!(matches!(trained.model.detector(), DetectorKind::Mixture(_)));
}

/// A crest factor has no unit, a standard deviation has one. Multiplied by powers of two, everything
/// is the same but for them.
#[test]
fn centres_do_not_depend_on_the_unit() {
    let options = Options {
        method: Method::KMeans(4),
        features: "std+crest".parse().unwrap(),
        precision: Precision::F64,
        ..Options::default()
    };
    let counts = |unit: f64| {
        let all = each(&usual("normal", 0, 60), |one| without_gravity(one, unit));
        let trained = train_on(baseline(all), None, &options).unwrap();
        let Fitted::Mixture(_, _, counts) = trained.fitted else { panic!("centres") };
        counts
    };
    let in_g = counts(1.0);
    assert!(in_g.len() > 1);
    assert_eq!((counts(1024.0), counts(1.0 / 1024.0)), (in_g.clone(), in_g));
}
