//! The model files of other tools that judder is tested with: what fuzzing starts from.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::LazyLock;

use zip::ZipArchive;

/// A file: its tool and name, and its bytes.
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

static ALL: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/model/tests/models");
    let mut all = Vec::new();
    for tool in entries(&folder) {
        for path in entries(&tool) {
            let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
            all.extend(fs::read(&path).ok().map(|bytes| Fixture { name, bytes }));
        }
    }
    all
});

fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    let read = folder.read_dir().into_iter().flatten();
    let mut paths: Vec<_> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// Those whose names end so.
pub(crate) fn fixtures(ending: &str) -> impl Iterator<Item = &'static Fixture> {
    ALL.iter().filter(move |fixture| fixture.name.ends_with(ending))
}

/// The bytes of those whose names end so.
pub(crate) fn bytes(ending: &str) -> Vec<Vec<u8>> {
    fixtures(ending).map(|fixture| fixture.bytes.clone()).collect()
}

/// Configuration and weights of each `.keras` archive.
pub(crate) static KERAS: LazyLock<Vec<(Vec<u8>, Vec<u8>)>> = LazyLock::new(|| {
    let member = |bytes: &[u8], name: &str| -> Option<Vec<u8>> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
        let mut found = Vec::new();
        archive.by_name(name).ok()?.read_to_end(&mut found).ok()?;
        Some(found)
    };
    let both = |fixture: &Fixture| {
        let config = member(&fixture.bytes, "config.json")?;
        Some((config, member(&fixture.bytes, "model.weights.h5")?))
    };
    fixtures(".keras").filter_map(both).collect()
});
