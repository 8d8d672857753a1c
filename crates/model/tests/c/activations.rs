//! What layers do to their sums, number by number.

use std::fs;
use std::process::Command;

use judder_core::Activation;

use crate::compiler::{Written, compilers, done};
use crate::models::{Kind, Plan};
use crate::windows::{Chance, recordings};

/// Puts numbers from a file through the activation of a detector, and prints their bits.
const PROGRAM: &str = r#"
#include "detector.c"
#include <stdio.h>
int main(void) {
    static float values[COUNT];
    FILE *file = fopen("values", "rb");
    size_t at;
    if (file == NULL || fread(values, sizeof(float), COUNT, file) != COUNT) {
        return 1;
    }
    CALL
    for (at = 0; at < COUNT; at++) {
        printf("%08lx\n", (unsigned long)bits_of(values[at]));
    }
    return 0;
}
"#;

/// From -1000 to 1000, as small and as large as there are, next to where formulas change, and any bits.
fn values() -> Vec<f32> {
    let mut values: Vec<f32> = (-8000..=8000).map(|at| at as f32 / 8.0).collect();
    values.extend((-3000..=3000).map(|at| at as f32 / 256.0));
    let ends = [
        0.0,
        1e-45,
        1e-40,
        1e-38,
        1.2e-38,
        1e-20,
        1e-17,
        1e-10,
        2.9e-8,
        3.0e-8,
        6e-8,
        1e-4,
        1e13,
        1e19,
        3e38,
        f32::MAX,
        f32::INFINITY,
        f32::NAN,
    ];
    values.extend(ends.iter().flat_map(|&x| [x, -x]));
    // Where exponentials, error functions (times √2) and logarithms change their formulas.
    for x in
        [0.346_573_6f32, 0.84375, 1.039_720_8, 1.25, 2.857, 28.0, 87.3, 88.7, 103.9, 18.7, 39.6]
    {
        for factor in [0.5, 1.0, std::f32::consts::SQRT_2] {
            let middle = (x * factor).to_bits();
            values.extend(
                (middle - 40..middle + 40)
                    .flat_map(|bits| [f32::from_bits(bits), -f32::from_bits(bits)]),
            );
        }
    }
    let mut chance = Chance(11);
    values.extend((0..20_000).map(|_| f32::from_bits(chance.bits())));
    values
}

/// The call that puts sums through the first activation of a detector.
fn call(source: &str) -> String {
    let (_, detect) = source.split_once("static float detect(").unwrap();
    let layer = |line: &&str| {
        let (function, rest) = line.trim().split_once('(').unwrap_or_default();
        rest.starts_with("layers[") && !["dense", "diagonal"].contains(&function)
    };
    let line = detect.lines().find(layer).unwrap();
    let (function, rest) = line.split_once('(').unwrap();
    let parameters: Vec<&str> = rest.split(',').skip(2).collect();
    match parameters[..] {
        [] => format!("{function}(values, COUNT);"),
        _ => format!("{function}(values, COUNT, {}", parameters.join(",")),
    }
}

/// What is not a number has many bits, and none of them say anything.
fn bits(value: f32) -> String {
    if value.is_nan() { "nan".to_owned() } else { format!("{:08x}", value.to_bits()) }
}

#[test]
fn each_activation_gives_the_bits_of_the_core() {
    use Activation::{Elu, FakeQuant, LeakyRelu, Linear};
    let (recordings, values) = (recordings(20), values());
    let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_ne_bytes()).collect();
    let others = [LeakyRelu(0.01), LeakyRelu(-1.5), LeakyRelu(0.0), Elu(0.3), Elu(-2.0)];
    let grids = [(0.25, 0), (0.037, -128), (1.0, 127), (1e-3, 5)]
        .map(|(scale, zero_point)| FakeQuant { scale, zero_point });
    for activation in
        Activation::ALL.into_iter().chain(others).chain(grids).filter(|&one| one != Linear)
    {
        let model = Plan::new("std", Kind::Network(activation)).model(&recordings);
        let written = Written::of(&model, None);
        let folder = written.folder.path();
        let source = fs::read_to_string(folder.join("detector.c")).unwrap();
        let program = PROGRAM.replace("CALL", &call(&source));
        let program = program.replace("COUNT", &values.len().to_string());
        fs::write(folder.join("program.c"), program).unwrap();
        fs::write(folder.join("values"), &bytes).unwrap();
        for compiler in compilers() {
            for words in [&["-std=c99", "-O2"][..], &["-std=gnu99", "-O3", "-march=native"]] {
                let mut build = Command::new(compiler);
                done(build.current_dir(folder).args(words).args(["program.c", "-o", "program"]));
                let run =
                    Command::new(folder.join("program")).current_dir(folder).output().unwrap();
                let said = String::from_utf8(run.stdout).unwrap();
                let found: Vec<f32> = said
                    .lines()
                    .map(|line| f32::from_bits(u32::from_str_radix(line, 16).unwrap()))
                    .collect();
                assert_eq!(found.len(), values.len());
                for (&x, &found) in values.iter().zip(&found) {
                    let expected = bits(activation.of(x));
                    assert_eq!(
                        bits(found),
                        expected,
                        "{compiler} {words:?}: {activation} of {x:e}"
                    );
                }
            }
        }
    }
}

/// Compilers refuse what is not used, so this says the rest: each part is of those that need it.
#[test]
fn only_the_functions_of_the_activation_are_written() {
    let recordings = recordings(20);
    let functions =
        ["exponential(", "exponential_less_1(", "natural_logarithm(", "complementary_error("];
    for (activation, needed) in Activation::ALL.into_iter().zip([
        &[][..],
        &[],
        &[1],
        &[0],
        &[],
        &[1],
        &[1],
        &[0, 2],
        &[0],
        &[0, 3],
        &[0],
    ]) {
        let model = Plan::new("std", Kind::Network(activation)).model(&recordings);
        let source = judder_model::to_c(&model, "judder_x", "x", None).unwrap().source;
        let found: Vec<usize> =
            (0..functions.len()).filter(|&at| source.contains(functions[at])).collect();
        assert_eq!(found, needed, "{activation}");
    }
}
