//! `judder export --to arduino`: a folder of sketches.

use std::fs;
use std::io::Write;

use anyhow::Context;
use judder_data::store::write_whole;
use judder_model::{
    Model, ModelError, SKETCH_DETECTOR, SketchDetector, identifier, to_arduino, to_c,
};

use crate::Done;
use crate::export::Args;
use crate::output::say;
use crate::source;

/// Writes the sketches of a model into a new folder, or an empty one.
pub(crate) fn write(args: &Args) -> anyhow::Result<Done> {
    let (path, folder) = (&args.model, &args.output);
    let model = Model::read(path)?;
    if let Some(unit) = model.scale().unit.filter(|unit| unit.per_g() != 1.0) {
        anyhow::bail!(
            "{}: its readings are in {unit}, and the sketches read g; train a model with --unit {unit}, \
             whose readings are then in g",
            path.display()
        );
    }
    let at = |problem: judder_model::FormatError| ModelError {
        path: path.to_owned(),
        problem: problem.into(),
    };
    let identifier = identifier(args.name.as_deref().unwrap_or(&source::stem(path)));
    let written = to_c(&model, &identifier, SKETCH_DETECTOR, None).map_err(at)?;
    let detector = SketchDetector {
        identifier: &identifier,
        header: &written.header,
        source: &written.source,
    };
    let files = to_arduino(&model, Some(detector)).map_err(at)?;
    let made = |folder: &std::path::Path| {
        fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))
    };
    made(folder)?;
    let mut inside =
        fs::read_dir(folder).with_context(|| format!("{}: cannot be read", folder.display()))?;
    anyhow::ensure!(
        inside.next().is_none(),
        "{}: is not empty; name a new folder for the sketches",
        folder.display()
    );
    for file in &files {
        let path = folder.join(&file.path);
        path.parent().map_or(Ok(()), made)?;
        write_whole(&path, |to| to.write_all(file.text.as_bytes()))?;
    }
    say(format_args!("wrote {} ({} files)", folder.display(), files.len()));
    say("next       fill in settings.h; README.md has the wiring");
    Ok(Done::Well)
}
