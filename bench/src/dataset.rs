//! Reading and scoring a dataset, against only reading its bytes.

use std::path::PathBuf;

use anyhow::Context;
use judder_data::simulate::{Fan, State};
use judder_data::{Recording, sources, store};
use judder_model::Model;
use judder_train::{Options, judge, train};
use rayon::prelude::*;

use crate::{Figure, median, real_recordings};

/// A dataset and a model of its quiet state.
pub(crate) struct Recordings {
    pub(crate) folder: PathBuf,
    pub(crate) model: Model,
    pub(crate) what: String,
    /// Holds simulated recordings as long as they are needed.
    _made: Option<tempfile::TempDir>,
}

impl Recordings {
    /// The real fan's recordings or, where they are not, as many of the simulated one.
    pub(crate) fn find_or_simulate() -> anyhow::Result<Self> {
        let (folder, made) = match real_recordings() {
            Some(folder) => (folder, None),
            None => {
                let made = tempfile::tempdir()?;
                simulate(&made)?;
                (made.path().to_owned(), Some(made))
            }
        };
        let options = Options { features: "mad".parse()?, window: Some(128), ..Options::default() };
        let trained = train(&[folder.join("fan_0_low_0_weight")], &[], &options)?;
        let count = sources(&folder)?.len();
        let kind = if made.is_some() { "simulated" } else { "real" };
        let what = format!("{count} of the {kind} fan");
        Ok(Self { folder, model: trained.model, what, _made: made })
    }
}

fn simulate(to: &tempfile::TempDir) -> anyhow::Result<()> {
    let fan = Fan::new(0);
    for state in State::REFERENCE {
        let recordings: Option<Vec<Recording>> =
            (0..549).map(|index| fan.recording(state, index, 200.0, 200)).collect();
        let recordings = recordings.context("200 Hz and 200 readings make a recording")?;
        store::write_folder(&to.path().join(state.folder_name(0)), &recordings, |_, entry| entry)?;
    }
    Ok(())
}

/// Reading and scoring all recordings, against only reading their bytes, with as many threads.
pub(crate) fn against_reading(recordings: &Recordings, threads: usize) -> anyhow::Result<Figure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let folder = recordings.folder.as_path();
    let ours = || {
        pool.install(|| {
            let judged = judge(&recordings.model, &sources(folder)?, None, || ());
            anyhow::ensure!(judged.iter().all(Result::is_ok));
            Ok(judged.len())
        })
    };
    let baseline = || {
        pool.install(|| {
            let sizes: Result<Vec<usize>, std::io::Error> = sources(folder)?
                .par_iter()
                .map(|source| Ok(std::fs::read(source.path())?.len()))
                .collect();
            Ok(sizes?.iter().sum::<usize>())
        })
    };
    let (ours, baseline) = median::alternate(ours, baseline)?;
    let what = format!("read and score a dataset, against reading its bytes, threads: {threads}");
    Ok(Figure { what, ours, baseline, promise: 2.0 })
}
