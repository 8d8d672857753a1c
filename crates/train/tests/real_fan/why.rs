//! What is said of the coin, in words.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use judder_core::Verdict;
use judder_data::sources;
use judder_model::Reason;
use judder_train::{Judging, Options, judge_pieces, train};

use crate::{COIN, STILL, real_fan};

/// The share of windows with the coin of which it is to be said what vibrates otherwise.
const NAMED: f64 = 0.95;

#[test]
fn the_coin_is_explained_by_axes_and_frequencies() {
    let Some(folder) = real_fan() else { return };
    let model = train(&[folder.join(STILL)], &[], &Options::default()).unwrap().model;
    let sources = sources(&folder.join(COIN)).unwrap();
    let mut judged = Vec::new();
    judge_pieces(&model, &sources, None, true, |step| {
        match step {
            Judging::Windows { windows, reasons, .. } => judged.push((windows, reasons)),
            Judging::Read { .. } => {}
            other => panic!("{other:?}"),
        }
        ControlFlow::Continue(())
    });
    let (mut windows, mut named) = (0, 0);
    let mut common: BTreeMap<String, usize> = BTreeMap::new();
    for (scored, all) in judged {
        assert_eq!(scored.len(), all.len());
        for (scored, reasons) in scored.iter().zip(&all) {
            assert_eq!(scored.verdict == Verdict::Anomaly, !reasons.is_empty());
            windows += 1;
            named += usize::from(matches!(reasons.first(), Some(Reason::Vibration(_))));
            for reason in reasons {
                let words = reason.to_string();
                assert!(words.contains("normal"), "{words}");
                // The ratio differs a little from window to window.
                let place = words.split_once(": ").map_or(&*words, |(place, _)| place);
                *common.entry(place.to_owned()).or_default() += 1;
            }
        }
    }
    let mut common: Vec<(usize, String)> = common.into_iter().map(|(s, n)| (n, s)).collect();
    common.sort_by(|a, b| b.cmp(a));
    println!("{named} of {windows} windows with the coin have a reason; the most common:");
    for (count, words) in common.iter().take(3) {
        println!("{count:>5}  {words}");
    }
    assert!(windows > 500, "{windows}");
    assert!(named as f64 >= NAMED * windows as f64, "{named} of {windows}");
    // They are those of one coin: the most common is named of more than half of them.
    assert!(2 * common[0].0 > windows, "{common:?}");
}
