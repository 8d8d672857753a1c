//! What is learnt from one state, told from others.

use judder_train::{Apart, Options, apart, each_apart};

use crate::windows::{USUAL, baseline, folder, noise, usual};

/// Chance alone keeps an area of a hundred windows or so within this of a half.
const BY_CHANCE: f64 = 0.15;

fn states() -> Vec<judder_train::Baseline> {
    let strong = folder("strong", 40, |at| noise(3000 + at, USUAL.map(|sd| 2.0 * sd)));
    let few = folder("few", 3, |at| noise(4000 + at, USUAL.map(|sd| 2.0 * sd)));
    vec![
        baseline(usual("usual", 0, 120)),
        baseline(usual("again", 1000, 120)),
        baseline(strong),
        baseline(few),
    ]
}

fn options() -> Options {
    Options { window: Some(128), rate_hz: Some(200.0), ..Options::default() }
}

#[test]
fn what_is_alike_is_told_by_chance_and_what_is_stronger_always() {
    let mut others = states();
    let usual = others.remove(0);
    others.push(baseline(Vec::new()));
    let told = apart(usual, others, &options()).unwrap();
    let auc: Vec<Option<f64>> = told.others.iter().map(|one| one.map(|one| one.auc)).collect();
    let [Some(again), Some(strong), Some(few), None] = auc[..] else { panic!("{auc:?}") };
    assert!((again - 0.5).abs() < BY_CHANCE, "{again}");
    assert_eq!((strong, few), (1.0, 1.0));
    // All together, each counting by its windows: 120 alike, 43 stronger.
    let together = told.together.unwrap().auc;
    assert!((together - (120.0 * again + 43.0) / 163.0).abs() < 1e-12, "{together}");
    assert!(
        told.others[0].unwrap().interval.is_some_and(|one| one.low < again && again < one.high)
    );
}

#[test]
fn each_state_is_told_as_by_itself() {
    let rows = each_apart(states(), &options());
    for (at, row) in rows.iter().enumerate().take(3) {
        let alone = apart(states().swap_remove(at), states(), &options()).unwrap();
        assert_eq!(row.as_ref().unwrap(), &alone.others, "{at}");
    }
    // Three windows make no model, and are told by the others all the same.
    let why = rows[3].as_ref().unwrap_err().to_string();
    assert!(why.contains("too few"), "{why}");
    assert_eq!(rows[0].as_ref().unwrap()[3].unwrap().auc, 1.0);
}

#[test]
fn nothing_makes_no_model() {
    let few = || baseline(usual("few", 0, 3));
    assert!(matches!(each_apart(vec![few(), few()], &options())[..], [Err(_), Err(_)]));
    assert!(apart(few(), vec![few()], &options()).is_err());
    let usual = baseline(usual("usual", 0, 60));
    let Apart { others, together } = apart(usual, Vec::new(), &options()).unwrap();
    assert!(others.is_empty() && together.is_none());
}
