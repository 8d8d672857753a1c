//! Comparing and choosing, on recordings of which is known how they differ.

use judder_train::{Candidate, Comparison, Method, Options, Split, choose};

use crate::windows::{USUAL, baseline, folder, noise, usual};

fn candidates() -> Vec<Candidate> {
    let default = Options::default();
    let mut all = vec![Candidate { features: default.features, method: default.method }];
    all.push(Candidate { features: "log-mad".parse().unwrap(), method: Method::Neighbours(3) });
    all
}

fn comparison(splits: Vec<Split>) -> Comparison {
    Comparison { options: Options::default(), splits, average: Some(3) }
}

#[test]
fn areas_are_1_of_what_differs_and_a_half_of_what_does_not() {
    let strong = folder("strong", 60, |at| noise(500 + at, USUAL.map(|sd| 3.0 * sd)));
    let (normal, other) = (baseline(usual("normal", 0, 100)), usual("other", 1000, 200));
    let groups: Vec<usize> = (0..100).map(|at| at / 25).collect();
    let splits = vec![Split::Shuffled(3), Split::TimeOrdered, Split::LeftOut(groups)];
    for (anomalies, (low, high)) in [(strong, (1.0, 1.0)), (other, (0.4, 0.65))] {
        let compared =
            comparison(splits.clone()).run(&normal, &[baseline(anomalies)], &candidates(), &|| ());
        for (candidate, worth) in compared {
            let worth = worth.unwrap();
            let named: Vec<(&str, usize)> =
                worth.iter().map(|one| (one.split, one.normal_windows)).collect();
            // Two fifths each time; the same; and every window once.
            assert_eq!(named, [("shuffled", 120), ("time-ordered", 40), ("left out", 100)]);
            for one in worth {
                let of = format!("{} {} {}", candidate.method.name(), one.split, one.auc);
                assert!((low..=high).contains(&one.auc), "{of}");
                let averaged = one.averaged_auc.unwrap();
                assert!(low < 1.0 || averaged == 1.0, "{of}, averaged {averaged}");
            }
        }
    }
}

/// It is not given any anomalies: what it is given decides, however many threads there are.
#[test]
fn a_choice_is_the_same_with_any_number_of_threads() {
    let normal = baseline(usual("normal", 0, 100));
    let chosen = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let options = Options::default();
        pool.install(|| choose(&normal, &candidates(), &options, &|| ()).unwrap())
    };
    let (one, three) = (chosen(1), chosen(3));
    assert_eq!(one, three);
    assert_eq!(one.0.len(), 2);
    // What stands first is taken unless another notices more, by more than a little.
    let [first, second] = [&one.0[0], &one.0[1]];
    assert!(!first.breaks_its_word && first.noticed > 0.6, "{first:?}");
    assert!(first.noticed > second.noticed + 0.01, "{first:?} {second:?}");
    assert_eq!(one.1, 0);
}
