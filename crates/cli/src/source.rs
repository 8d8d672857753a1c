//! `judder export --to c` and `--to rust`: a model as source code.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use judder_data::load;
use judder_data::store::write_whole;
use judder_model::{CSource, Core, Golden, Model, ModelError, identifier, to_c, to_rust};
use judder_train::{check_given, in_unit_of};

use crate::Done;
use crate::export::Args;
use crate::output::{counted, note, say};
use crate::target;

/// How many recordings a self-test is made of.
const VECTORS: usize = 4;

/// Writes `PATH.h` and `PATH.c`.
pub(crate) fn c(args: &Args) -> anyhow::Result<Done> {
    let model = Model::read(&args.model)?;
    let (header, source) = pair(&args.output, &args.model);
    let recordings = args.self_test.as_deref().unwrap_or_default();
    let read = [std::slice::from_ref(&args.model), recordings].concat();
    target::spare(&header, &read)?;
    target::spare(&source, &read)?;
    let file = header.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let word = args.name.clone().unwrap_or_else(|| file.clone());
    let word = identifier(&word);
    let golden = golden(args, &model)?;
    let at = |error: judder_model::FormatError| ModelError {
        path: args.model.clone(),
        problem: error.into(),
    };
    let written = to_c(&model, &word, &file, golden.as_ref()).map_err(at)?;
    let CSource { header: declarations, source: definitions, memory, constants } = written;
    write_whole(&header, |to| to.write_all(declarations.as_bytes()))?;
    write_whole(&source, |to| to.write_all(definitions.as_bytes()))?;
    say(format_args!("wrote {} and {}", header.display(), source.display()));
    say(format_args!("names      begin with {word}"));
    say(format_args!("memory     {memory} bytes for a watch, its window included"));
    say(format_args!("constants  {constants} bytes, beside the code"));
    say("compile    with -ffp-contract=off and without -ffast-math: the scores are then judder's");
    Ok(Done::Well)
}

/// Writes a folder with `Cargo.toml` and `src/lib.rs`.
pub(crate) fn rust(args: &Args) -> anyhow::Result<Done> {
    let model = Model::read(&args.model)?;
    let folder = &args.output;
    let called = args.name.clone().unwrap_or_else(|| target::name(folder));
    let core = match &args.core {
        Some(path) => {
            let path =
                path.canonicalize().map_err(|error| anyhow!("{}: {error}", path.display()))?;
            let there = path.join("Cargo.toml").is_file();
            anyhow::ensure!(
                there,
                "{}: is no folder of a crate; give that of judder-core",
                path.display()
            );
            Core::Path(path.display().to_string())
        }
        None => Core::Version,
    };
    let (manifest, library) = (folder.join("Cargo.toml"), folder.join("src/lib.rs"));
    for path in [&manifest, &library] {
        target::spare(path, std::slice::from_ref(&args.model))?;
    }
    let at = |error: judder_model::FormatError| ModelError {
        path: args.model.clone(),
        problem: error.into(),
    };
    let written = to_rust(&model, &identifier(&called), &core).map_err(at)?;
    std::fs::create_dir_all(folder.join("src"))
        .map_err(|error| anyhow!("{}: {error}; choose another folder", folder.display()))?;
    write_whole(&manifest, |to| to.write_all(written.manifest.as_bytes()))?;
    write_whole(&library, |to| to.write_all(written.library.as_bytes()))?;
    say(format_args!("wrote {} and {}", manifest.display(), library.display()));
    if core == Core::Version {
        note("the crate asks the registry for judder-core; with --core it takes that of a folder");
    }
    Ok(Done::Well)
}

/// The header and the source: beside each other, named as was asked for or, in a folder, as the model.
fn pair(output: &Path, model: &Path) -> (PathBuf, PathBuf) {
    let base = if output.is_dir() { output.join(stem(model)) } else { output.to_owned() };
    let extended = base.extension().is_some_and(|one| one == "c" || one == "h");
    let base = if extended { base.with_extension("") } else { base };
    let with = |ending: &str| {
        let mut name = base.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    (with(".h"), with(".c"))
}

/// What a model's file is called, without `.model.json`.
pub(crate) fn stem(model: &Path) -> String {
    let name = target::name(model);
    let name = name.strip_suffix(".json").unwrap_or(&name);
    name.strip_suffix(".model").unwrap_or(name).to_owned()
}

/// What the C is to test itself with.
fn golden(args: &Args, model: &Model) -> anyhow::Result<Option<Golden>> {
    let Some(inputs) = &args.self_test else { return Ok(None) };
    if inputs.is_empty() {
        return Ok(Some(Golden::Synthetic));
    }
    check_given(args.unit, model)?;
    let mut found = Vec::new();
    for input in inputs {
        let (recordings, errors) = load(input)?;
        if let Some(error) = errors.into_iter().next() {
            return Err(error.into());
        }
        found.extend(recordings);
    }
    let binding = model.binding();
    let mut windows = Vec::new();
    for at in 0..VECTORS.min(found.len()) {
        let Some(located) = found.get(at * found.len() / VECTORS.min(found.len())) else {
            continue;
        };
        let recording = located.recording.clone().or_unit(args.unit);
        let recording = in_unit_of(model, &recording);
        let (readings, axes) = (recording.len(), recording.axes());
        anyhow::ensure!(
            axes == binding.axes && readings >= binding.window,
            "{}: has {readings} readings of {axes} axes, but the model takes windows of {} readings \
             of {} axes",
            located.path.display(),
            binding.window,
            binding.axes
        );
        let first = |axis: &[f64]| axis.iter().copied().take(binding.window).collect::<Vec<_>>();
        windows.push(recording.iter_axes().flat_map(first).collect());
    }
    if windows.len() < VECTORS {
        note(format_args!("the self-test has {}", counted(windows.len(), "window")));
    }
    Ok(Some(Golden::Windows(windows)))
}
