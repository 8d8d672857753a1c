//! The C says the same as the core, of real recordings.

use judder_core::{Activation, Feature, GravityAxes};
use judder_model::{DetectorKind, Golden, Mounted, Watching};

use crate::compiler::{Written, compilers, replay};
use crate::models::{Kind, Plan, watchful};
use crate::reference::said;
use crate::windows::{made, recordings};

const EVERYTHING: &str = "mad+log-mad+std+rms+variance+kurtosis+skewness+crest+peak-to-peak\
    +correlation+log-std+log-cov+diff-std+diff-log-std+diff-correlation+diff-log-cov+bands:8\
    +total-bands:5+total-octaves:5+tonal+log-eigen+diff-log-eigen+level-log-std+level-diff-log-std";
const DEFAULT: &str = "log-cov+diff-log-cov+total-octaves:6";
const BANDS: &str = "log-cov+diff-log-cov+total-octaves:6+bands:16";

/// Writes, compiles strictly and replays, and compares every line.
fn same(plan: &Plan, recordings: &[Vec<f32>]) {
    let own = plan.of(recordings);
    let model = plan.model(recordings);
    let expected = said(&model, &own);
    assert!(expected.len() >= own.len() / 2);
    let written = Written::of(&model, None);
    for compiler in compilers() {
        written.compiles(compiler, &["-std=c99", "-O2"]);
        written.compiles(compiler, &["-std=c++17", "-x", "c++", "-Os"]);
        let program = written.build(compiler, &["-std=c99", "-O2"]);
        let lines = replay(&program, plan.axes, &own);
        assert_eq!(lines[0], format!("size {0} {0}", written.memory), "{plan:?}");
        let of = |how: &str| {
            let lines = lines.iter().filter_map(|line| line.strip_prefix(how)?.strip_prefix(' '));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of("whole"), expected, "{compiler}: {plan:?}");
        assert_eq!(of("fed"), expected, "{compiler}, fed: {plan:?}");
    }
}

#[test]
fn of_every_kind_of_detector() {
    let recordings = recordings(200);
    for features in ["mad", DEFAULT, BANDS, EVERYTHING] {
        for kind in [
            Kind::Mahalanobis,
            Kind::Mixture,
            Kind::Blocks,
            Kind::MixtureOfBlocks,
            Kind::Neighbours,
            Kind::Network(Activation::Tanh),
            Kind::Network(Activation::Relu),
            Kind::Network(Activation::Linear),
        ] {
            same(&Plan::new(features, kind), &recordings);
        }
    }
}

#[test]
fn of_every_activation() {
    let recordings = recordings(200);
    for activation in Activation::ALL.into_iter().chain([Activation::Elu(0.3)]) {
        same(&Plan::new(DEFAULT, Kind::Network(activation)), &recordings);
    }
}

#[test]
fn of_each_feature_alone() {
    let recordings = recordings(40);
    for feature in Feature::ALL {
        let name: &'static str = feature.to_string().leak();
        same(&Plan::new(name, Kind::Mahalanobis), &recordings);
    }
}

#[test]
fn of_spectra_that_are_shared() {
    let recordings: Vec<Vec<f32>> = (0..8).map(|seed| made(seed, 700)).collect();
    for features in [
        "bands:16+total-octaves:6",
        "total-bands:5+mad+bands:7+std+total-octaves:3",
        "tonal+total-bands:9",
        "total-octaves:6+total-bands:32",
        "tonal+log-std+bands:8",
        "log-cov+total-octaves:4+tonal+bands:16+crest",
    ] {
        same(&Plan::new(features, Kind::Blocks), &recordings);
        same(&Plan::new(features, Kind::MixtureOfBlocks).shaped(3, 300, 200), &recordings);
    }
    same(&Plan::new("bands:16+total-octaves:6", Kind::Blocks).shaped(1, 65, 65), &recordings);
}

#[test]
fn of_windows_of_every_shape() {
    let long: Vec<Vec<f32>> = (0..12).map(|seed| made(seed, 1300)).collect();
    for (axes, window, hop) in [
        (1, 128, 128),
        (2, 128, 32),
        (3, 33, 33),
        (3, 8, 3),
        (3, 600, 100),
        (3, 256, 301),
        (2, 129, 400),
    ] {
        let features = if axes > 1 { EVERYTHING } else { "mad+log-cov+level-log-std+tonal" };
        let mut plan = Plan::new(features, Kind::Mahalanobis).shaped(axes, window, hop);
        same(&plan, &long);
        let mut watching = watchful();
        watching.mounting[0].gravity.truncate(axes);
        plan.watching = watching;
        same(&plan, &long);
    }
}

fn mounted(gravity: [f64; 3]) -> Mounted {
    Mounted { gravity: gravity.to_vec(), moved: 5.0, same: 2.0 }
}

/// Of which the second is that of some windows.
fn several() -> Vec<Mounted> {
    vec![mounted([1.0, 0.0, 0.0]), mounted([-0.01, 0.2, 0.98]), mounted([0.0, 1.0, 0.0])]
}

#[test]
fn of_every_way_of_watching() {
    let recordings = recordings(200);
    let none = Watching::default();
    let all = watchful();
    for watching in [
        all.clone(),
        Watching { average: 64, ..none.clone() },
        Watching { votes: 3, of: 40, ..none.clone() },
        Watching { votes: 20, of: 64, clear: 0.5, ..all.clone() },
        Watching { clear: 0.5, ..none.clone() },
        Watching { handled_above: Some(0.01), ..none.clone() },
        Watching { idle_below: Some(0.004), ..none.clone() },
        Watching { idle_below: Some(0.004), settle: 2, ..none.clone() },
        Watching { settle: 3, ..all.clone() },
        Watching { settle: 3, strong_above: None, ..all.clone() },
        Watching { settle: 1, idle_below: None, ..all.clone() },
        Watching { mounting: all.mounting.clone(), ..none.clone() },
        Watching { drift: all.drift, ..none.clone() },
        Watching { idle_below: all.idle_below, mounting: all.mounting.clone(), ..none.clone() },
        Watching { idle_below: None, mounting: Vec::new(), ..all.clone() },
        Watching { strong_above: None, ..all.clone() },
        Watching { strong_above: Some(0.01), ..all.clone() },
        Watching { mounting: several(), ..all.clone() },
        // Twice as long as gravity is: all of it is in another unit.
        Watching { mounting: vec![mounted([-0.02, 0.4, 1.96])], ..all.clone() },
        Watching {
            gravity: GravityAxes::Three([2, 0, 1]),
            mounting: vec![mounted([0.98, -0.01, 0.2])],
            ..all.clone()
        },
        Watching {
            gravity: GravityAxes::Unseen,
            handled_above: None,
            mounting: Vec::new(),
            ..all.clone()
        },
    ] {
        let mut plan = Plan::new("log-mad", Kind::Mahalanobis).shaped(3, 64, 32);
        plan.watching = watching;
        let model = plan.model(&recordings);
        let seen = said(&model, &recordings);
        // It is worth something only where the watch changes its mind.
        assert!(seen.iter().any(|line| line.starts_with("0 1")), "{plan:?}");
        let settles = plan.watching.settle > 0 && plan.watching.idle_below.is_some();
        assert_eq!(seen.iter().any(|line| line.starts_with("0 5")), settles, "{plan:?}");
        same(&plan, &recordings);
    }
}

#[test]
fn where_the_compiler_may_fuse() {
    // The pragmas alone, against the compilers' own defaults.
    let mut words = vec!["-O3", "-std=gnu99"];
    if cfg!(target_arch = "x86_64") && std::is_x86_feature_detected!("fma") {
        words.push("-mfma");
    }
    let recordings = recordings(60);
    let plan = Plan::new(EVERYTHING, Kind::Mahalanobis);
    let model = plan.model(&recordings);
    let expected = said(&model, &recordings);
    let written = Written::of(&model, None);
    for compiler in compilers() {
        let lines = replay(&written.build(compiler, &words), 3, &recordings);
        let whole: Vec<&str> =
            lines.iter().filter_map(|line| line.strip_prefix("whole ")).collect();
        assert_eq!(whole, expected, "{compiler}");
    }
}

#[test]
fn self_tests_pass_and_find_what_is_wrong() {
    let recordings = recordings(20);
    let model = Plan::new(EVERYTHING, Kind::Mahalanobis).model(&recordings);
    let windows = recordings.iter().take(3).map(|recording| {
        let length = recording.len() / 3;
        let first = |axis: &[f32]| axis[..128].iter().map(|&x| x.into()).collect::<Vec<f64>>();
        recording.chunks_exact(length).flat_map(first).collect()
    });
    for golden in [Golden::Synthetic, Golden::Windows(windows.collect())] {
        let written = Written::of(&model, Some(&golden));
        for compiler in compilers() {
            written.compiles(compiler, &["-std=c99", "-O2"]);
            written.compiles(compiler, &["-std=c++17", "-x", "c++", "-O2"]);
            let lines = replay(&written.build(compiler, &["-O2"]), 3, &[]);
            assert_eq!(lines[1], "self-test 0");
        }
        // Another constant, and the first score is not what it was.
        let path = written.folder.path().join("detector.c");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("1.4826f", "1.4825f")).unwrap();
        for compiler in compilers() {
            let lines = replay(&written.build(compiler, &["-O1"]), 3, &[]);
            assert_eq!(lines[1], "self-test 1");
        }
    }
}

#[test]
fn constants_read_back_equal() {
    let model = Plan::new("mad+bands:8", Kind::Network(Activation::Tanh)).model(&recordings(20));
    let DetectorKind::Autoencoder(autoencoder) = model.detector() else { panic!() };
    let text = judder_model::to_c(&model, "judder_x", "x", None).unwrap().source;
    for (at, layer) in autoencoder.folded().layers().iter().enumerate() {
        let (_, table) = text.split_once(&format!("static const float BIAS_{at}[")).unwrap();
        let (_, table) = table.split_once('{').unwrap();
        let (table, _) = table.split_once('}').unwrap();
        let words = table.split(',').map(str::trim).filter(|word| !word.is_empty());
        let read =
            words.map(|word| word.strip_suffix('f').unwrap().parse::<f32>().unwrap().to_bits());
        let expected = layer.bias().iter().map(|&x| (x as f32).to_bits());
        assert_eq!(read.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}
