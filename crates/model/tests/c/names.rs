//! Whatever a model is called, its C compiles; two of them link into one program.

use std::fs;
use std::process::Command;

use judder_model::{identifier, to_c};

use crate::compiler::{STRICT, compilers};
use crate::models::{Kind, Plan};
use crate::windows::recordings;

#[test]
fn of_hostile_names_all_compile_and_link_together() {
    let recordings = recordings(20);
    let mad = Plan::new("mad", Kind::Mahalanobis).model(&recordings);
    let std = Plan::new("std+tonal", Kind::Neighbours).model(&recordings);
    let names =
        ["fan", "int", "2 fans", "größe", "gräße", "", "fan_init", "a*/b", "judder", "__x", "??/"];
    for compiler in compilers() {
        let folder = tempfile::tempdir().unwrap();
        let mut main = String::new();
        let mut body = String::new();
        let mut command = Command::new(compiler);
        for (at, name) in names.iter().enumerate() {
            let (word, file) = (identifier(name), format!("file {at} é"));
            let model = if at % 2 == 0 { &mad } else { &std };
            let written = to_c(model, &word, &file, None).unwrap();
            fs::write(folder.path().join(format!("{file}.h")), written.header).unwrap();
            fs::write(folder.path().join(format!("{file}.c")), written.source).unwrap();
            main.push_str(&format!("#include \"{file}.h\"\n"));
            body.push_str(&format!("    {{ static {word} one; {word}_init(&one); }}\n"));
            command.arg(format!("{file}.c"));
        }
        let main = format!("{main}int main(void) {{\n{body}    return 0;\n}}\n");
        fs::write(folder.path().join("main.c"), main).unwrap();
        command.current_dir(folder.path()).arg("-std=c99").args(STRICT);
        let output = command.args(["main.c", "-o", "all"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(Command::new(folder.path().join("all")).status().unwrap().success());
    }
}

#[test]
fn files_that_cannot_be_included_are_refused() {
    let model = Plan::new("mad", Kind::Mahalanobis).model(&recordings(20));
    for file in ["", "a\"b", "a\\b", "a\nb", "a??/b"] {
        let error = to_c(&model, "judder_x", file, None).unwrap_err().to_string();
        assert!(error.contains("name it by letters and digits"), "{error}");
    }
}
