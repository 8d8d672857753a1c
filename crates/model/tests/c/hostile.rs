//! Windows that no sensor gives, under sanitizers.

use judder_core::Activation;
use judder_model::Watching;

use crate::compiler::{Written, compilers, replay};
use crate::models::{Kind, Plan, watchful};
use crate::reference::said;
use crate::windows::{Chance, made, recordings};

/// Recordings in which something is wrong.
fn hostile() -> Vec<Vec<f32>> {
    let mut chance = Chance(3);
    let mut all = Vec::new();
    for seed in 0..120 {
        let mut values = made(seed, 128);
        let at = (chance.bits() as usize) % values.len();
        match seed % 12 {
            0 => values[at] = f32::NAN,
            1 => values[at] = f32::INFINITY,
            2 => values[at] = f32::NEG_INFINITY,
            3 => values.iter_mut().for_each(|x| *x *= 1e-40),
            4 => values.iter_mut().for_each(|x| *x *= 1e37),
            5 => values[at] = f32::MAX,
            6 => values[128..256].fill(0.25),
            7 => values.iter_mut().for_each(|x| *x = f32::from_bits(chance.bits())),
            8 => values.iter_mut().for_each(|x| *x = (*x * 64.0).round() / 64.0),
            9 => values.iter_mut().for_each(|x| *x *= 1e-17),
            10 => values.iter_mut().enumerate().for_each(|(at, x)| *x = at as f32),
            _ => values.iter_mut().for_each(|x| {
                *x = if chance.bits().is_multiple_of(2) { 0.0 } else { -0.0 };
            }),
        }
        all.push(values);
    }
    all
}

#[test]
fn hostile_windows_are_refused_as_the_core_refuses_them() {
    if !compilers().contains(&"clang") {
        return;
    }
    let (normal, windows) = (recordings(40), hostile());
    for (features, kind) in [
        ("mad", Kind::Mahalanobis),
        ("log-mad+log-cov+diff-log-cov+total-octaves:6", Kind::Mixture),
        ("log-eigen+level-log-std+level-diff-log-std+tonal+bands:16", Kind::Neighbours),
        ("kurtosis+skewness+crest+rms+correlation+diff-std", Kind::Network(Activation::Tanh)),
        ("peak-to-peak+std+variance+diff-correlation", Kind::Network(Activation::Relu)),
    ] {
        for watching in [Watching::default(), watchful()] {
            let mut plan = Plan::new(features, kind);
            plan.watching = watching;
            let model = plan.model(&normal);
            let written = Written::of(&model, None);
            let sanitized =
                ["-std=c99", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover"];
            let lines = replay(&written.build("clang", &sanitized), 3, &windows);
            let whole: Vec<&str> =
                lines.iter().filter_map(|line| line.strip_prefix("whole ")).collect();
            let expected = said(&model, &windows);
            assert!(expected.iter().any(|line| line == "2"));
            assert_eq!(whole, expected, "{plan:?}");
        }
    }
}

#[test]
fn what_is_not_a_number_starts_the_window_anew() {
    let mut recording = made(1, 400);
    recording[100] = f32::NAN;
    let plan = Plan::new("mad", Kind::Mahalanobis);
    let model = plan.model(&recordings(20));
    for compiler in compilers() {
        let program = Written::of(&model, None);
        let lines = replay(&program.build(compiler, &["-O1"]), 3, std::slice::from_ref(&recording));
        let fed: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("fed ")).collect();
        assert!(lines.contains(&"refused 2".to_owned()));
        // From reading 101 on there are two windows.
        let rest: Vec<f32> =
            recording.chunks_exact(400).flat_map(|axis| axis[101..].to_vec()).collect();
        assert_eq!(fed, said(&model, &[rest]));
    }
}
