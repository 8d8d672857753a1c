//! The sampler of the sketches keeps its rate, for longer than the clock of a board counts.

use std::process::Command;

use crate::compiler::{compile, compilers, here};

#[test]
fn readings_come_at_a_fixed_rate() {
    let room = tempfile::tempdir().unwrap();
    let shared = here().join("../../src/arduino/shared");
    let (includes, main) = (format!("-I{}", shared.display()), here().join("sampler.cpp"));
    for compiler in compilers() {
        let program = room.path().join(compiler);
        let words = [
            "-std=c++11",
            "-O2",
            "-fsanitize=undefined",
            "-fno-sanitize-recover=all",
            &includes,
            &format!("-I{}", here().join("stubs").display()),
            main.to_str().unwrap(),
            "-o",
            program.to_str().unwrap(),
        ];
        compile(compiler, &words).unwrap();
        let output = Command::new(program).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
