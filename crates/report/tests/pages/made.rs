//! Recordings in a folder that goes when the test ends, and the page that is made of them.

use std::fs;
use std::path::{Path, PathBuf};

use judder_data::Recording;
use judder_data::simulate::Fan;
use judder_data::store::write_folder;
use judder_report::{ExploreOptions, Explored, ReportError, explore};

use crate::page::Page;

pub(crate) struct Made {
    dir: tempfile::TempDir,
}

impl Made {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Recordings as a folder.
    pub(crate) fn state(&self, name: impl AsRef<Path>, recordings: &[Recording]) -> PathBuf {
        let folder = self.path(name);
        write_folder(&folder, recordings, |_, entry| entry).unwrap();
        folder
    }

    /// Recordings of the simulated fan, as a folder.
    pub(crate) fn fan(&self, name: &str, state: &str, count: u64, readings: usize) -> PathBuf {
        let (fan, state) = (Fan::new(1), state.parse().unwrap());
        let recordings: Vec<Recording> =
            (0..count).map(|at| fan.recording(state, at, 200.0, readings).unwrap()).collect();
        self.state(name, &recordings)
    }

    /// A file and its folder.
    pub(crate) fn file(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

/// The same noise for the same seed: numbers of about this size about 0.
pub(crate) fn noise(seed: u64, size: f64) -> impl Iterator<Item = f64> {
    // Knuth's MMIX generator; its high bits are good enough.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 / (1u64 << 53) as f64 - 0.5) * 2.0 * size
    })
}

/// A recording of noise.
pub(crate) fn noisy(axes: usize, readings: usize, seed: u64, size: f64) -> Recording {
    let values = noise(seed, size).take(axes * readings).collect();
    Recording::from_axes(axes, readings, values).unwrap()
}

/// Recordings of noise, each another.
pub(crate) fn many(count: u64, axes: usize, readings: usize, size: f64) -> Vec<Recording> {
    (0..count).map(|at| noisy(axes, readings, at + 1000 * readings as u64, size)).collect()
}

/// What becomes of recordings, with no options.
pub(crate) fn explored(normal: &[&Path], anomaly: &[&Path]) -> Result<Explored, ReportError> {
    explored_with(normal, anomaly, ExploreOptions::default())
}

pub(crate) fn explored_with(
    normal: &[&Path],
    anomaly: &[&Path],
    options: ExploreOptions,
) -> Result<Explored, ReportError> {
    let owned = |paths: &[&Path]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    explore(&owned(normal), &owned(anomaly), options, &|| ())
}

/// The page of recordings of which one can be made, and which says all that every page says.
pub(crate) fn page(normal: &[&Path], anomaly: &[&Path]) -> Page {
    let page = Page::of(&explored(normal, anomaly).unwrap().html);
    page.is_sound();
    page
}

/// Why no page is made.
pub(crate) fn refused(normal: &[&Path], anomaly: &[&Path]) -> String {
    explored(normal, anomaly).unwrap_err().to_string()
}
