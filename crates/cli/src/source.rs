//! `judder export --to c`: a model as source code.

use std::io::Write;
use std::path::{Path, PathBuf};

use judder_data::store::write_whole;
use judder_data::load;
use judder_model::{CSource, Golden, Model, ModelError, identifier, to_c};

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

/// The header and the source: beside each other, named as was asked for or, in a folder, as the model.
fn pair(output: &Path, model: &Path) -> (PathBuf, PathBuf) {
    let base = if output.is_dir() {
        let name = target::name(model);
        let name = name.strip_suffix(".json").unwrap_or(&name);
        output.join(name.strip_suffix(".model").unwrap_or(name))
    } else {
        output.to_owned()
    };
    let extended = base.extension().is_some_and(|one| one == "c" || one == "h");
    let base = if extended { base.with_extension("") } else { base };
    let with = |ending: &str| {
        let mut name = base.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    (with(".h"), with(".c"))
}

/// What the C is to test itself with.
fn golden(args: &Args, model: &Model) -> anyhow::Result<Option<Golden>> {
    let Some(inputs) = &args.self_test else { return Ok(None) };
    if inputs.is_empty() {
        return Ok(Some(Golden::Synthetic));
    }
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
        let Some(located) = found.get(at * found.len() / VECTORS.min(found.len())) else { continue };
        let (readings, axes) = (located.recording.len(), located.recording.axes());
        anyhow::ensure!(
            axes == binding.axes && readings >= binding.window,
            "{}: has {readings} readings of {axes} axes, but the model takes windows of {} readings \
             of {} axes",
            located.path.display(),
            binding.window,
            binding.axes
        );
        let first = |axis: &[f64]| axis.iter().copied().take(binding.window).collect::<Vec<_>>();
        windows.push(located.recording.iter_axes().flat_map(first).collect());
    }
    if windows.len() < VECTORS {
        note(format_args!("the self-test has {}", counted(windows.len(), "window")));
    }
    Ok(Some(Golden::Windows(windows)))
}
