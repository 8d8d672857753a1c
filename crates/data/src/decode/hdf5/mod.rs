//! HDF5 files, and MATLAB's of `-v7.3`, which are such.

mod attributes;
mod chunks;
mod kinds;
mod lzf;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hdf5_pure::{ChunkIndex, Dataset, File, Group as Folder, Layout};

use super::Tables;
use super::arrays::{Array, Facts, Gather, Group, Held, Origin, Rules, tables};
use super::matlab::shape;
use super::stretch::{Stretch, rows};
use crate::error::{Problem, shown};
use attributes::Attributes;
use kinds::Element;

const FORMAT: &str = "HDF5";

/// How deep folders are looked into, and how many things at the most: links may lead in circles.
const DEEPEST: usize = 8;
const MOST: usize = 1 << 17;

/// The most that a file expands to: deflate makes a byte of 1032.
const MOST_EXPANDED: u64 = 1100;

/// The most bytes that stand in a header.
const MOST_COMPACT: u64 = 1 << 16;

/// Whether a file that begins with these bytes is one.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(b"\x89HDF\r\n\x1a\n") || head.starts_with(b"MATLAB 7.3 MAT-file")
}

/// Its datasets of numbers.
///
/// # Errors
/// A [`Problem`] that names what the file holds, where none is a recording.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let size = std::fs::metadata(path)?.len();
    let file = File::open_streaming(path).map_err(broken)?;
    if file.superblock().eof_address > size {
        return Err(wrong("it is cut short, or was not closed; copy or write it again"));
    }
    let mut walk = Walk { path: path.to_owned(), size, groups: Vec::new(), left: MOST };
    walk.folder(&file.root(), "", 0)?;
    let rules = Rules { leaves_out: true, names_one: false };
    tables(walk.groups, rules)?.ok_or_else(|| {
        wrong("it holds no dataset of readings; save the numbers as a dataset [readings, axes]")
    })
}

fn wrong(reason: impl Into<String>) -> Problem {
    Problem::Format { format: FORMAT, reason: reason.into() }
}

/// What the library says.
fn broken(error: hdf5_pure::Error) -> Problem {
    let said = match error {
        hdf5_pure::Error::Io(error) => return error.into(),
        error => shown(&error.to_string(), 120),
    };
    // The address of what a soft link leads to, in a folder of the old kind.
    if said.contains(&u64::MAX.to_string()) {
        return wrong("it holds a soft link, or is damaged; copy its datasets without links");
    }
    wrong(format!("it is damaged or too new ({said}); write it with libver=\"earliest\""))
}

/// What was found so far.
struct Walk {
    path: PathBuf,
    size: u64,
    groups: Vec<Group>,
    /// How many things more are looked at.
    left: usize,
}

impl Walk {
    fn folder(&mut self, folder: &Folder, name: &str, depth: usize) -> Result<(), Problem> {
        let attributes = Attributes::of(folder.attrs());
        if attributes.has("MATLAB_sparse") || is_inner(name) {
            return Ok(());
        }
        let is_structure = attributes.text("MATLAB_class").is_some_and(|class| class == "struct");
        let gather = if is_structure { Gather::All } else { Gather::ByName };
        let mut group =
            Group { name: name.to_owned(), arrays: Vec::new(), facts: attributes.facts(), gather };
        let mut found: Vec<(String, Dataset)> = folder.iter_datasets().map_err(broken)?.collect();
        found.sort_by(|one, other| crate::path_order(one.0.as_ref(), other.0.as_ref()));
        let frame = Frame::of(&found);
        for (name, dataset) in found {
            self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
            if frame.as_ref().is_some_and(|frame| !frame.wants(&name)) {
                continue;
            }
            let Some(mut array) = self.array(&name, dataset)? else { continue };
            if let Some(frame) = &frame {
                frame.name(&mut array);
                group.gather = Gather::Whole;
            }
            group.arrays.push(array);
        }
        self.groups.push(group);
        if depth == DEEPEST {
            return Ok(());
        }
        let mut inner: Vec<(String, Folder)> = folder.iter_groups().map_err(broken)?.collect();
        inner.sort_by(|one, other| crate::path_order(one.0.as_ref(), other.0.as_ref()));
        for (own, folder) in inner {
            self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
            let path = if name.is_empty() { own } else { format!("{name}/{own}") };
            self.folder(&folder, &path, depth + 1)?;
        }
        Ok(())
    }

    /// A dataset as an array; none where it holds no numbers.
    fn array(&self, name: &str, dataset: Dataset) -> Result<Option<Array>, Problem> {
        let attributes = Attributes::of(dataset.attrs());
        let class = attributes.text("MATLAB_class");
        if class.is_some_and(|class| !kinds::is_matlab_number(class))
            || attributes.has("MATLAB_empty")
        {
            return Ok(None);
        }
        let Ok(kind) = dataset.datatype() else { return Ok(None) };
        let Some(element) = Element::of(&kind) else { return Ok(None) };
        let said = dataset.shape().map_err(broken)?;
        let sizes: Option<Vec<usize>> = said.iter().map(|&n| usize::try_from(n).ok()).collect();
        let damaged = || wrong(format!("`{}` claims more than there is", shown(name, 60)));
        let sizes = sizes.ok_or_else(damaged)?;
        if sizes.contains(&0) {
            return Ok(None);
        }
        let count = sizes.iter().try_fold(1u64, |all, &n| all.checked_mul(n as u64));
        let bytes = count.and_then(|count| count.checked_mul(element.bytes as u64));
        let bytes = bytes.filter(|bytes| *bytes <= self.size.saturating_mul(MOST_EXPANDED));
        let bytes = bytes.ok_or_else(damaged)?;
        let Some(origin) = self.origin(name, dataset, &sizes, bytes, &element)? else {
            return Ok(None);
        };
        let columns = element.columns(&attributes);
        let (shape, is_fortran) = match (&columns, class) {
            (Some(columns), _) => {
                let [len] = *sizes else { return Ok(None) };
                (vec![len, columns.len()], false)
            }
            (None, Some(_)) => {
                let dimensions: Vec<usize> = sizes.into_iter().rev().collect();
                let Some(found) = shape::of(&dimensions) else { return Ok(None) };
                found
            }
            (None, None) => (sizes, false),
        };
        let mut array = Array::new(name, shape, is_fortran, origin);
        array.unit = attributes.unit();
        array.facts = attributes.facts();
        array.columns = columns.or_else(|| attributes.columns(&array.shape, array.unit.as_deref()));
        Ok(Some(array))
    }

    /// Where the numbers of a dataset are read from; nothing where they were never written.
    fn origin(
        &self,
        name: &str,
        dataset: Dataset,
        sizes: &[usize],
        bytes: u64,
        element: &Element,
    ) -> Result<Option<Arc<dyn Origin>>, Problem> {
        let name = shown(name, 60);
        match dataset.layout().map_err(broken)? {
            Layout::Contiguous { address: None, .. } => Ok(None),
            Layout::Contiguous { address: Some(start), .. } => {
                if start.checked_add(bytes).is_none_or(|end| end > self.size) {
                    return Err(wrong(format!("`{name}` is cut short; copy or write it again")));
                }
                Ok(Some(Arc::new(Stretch {
                    path: self.path.clone(),
                    format: FORMAT,
                    start,
                    inside: None,
                    row: element.bytes,
                    fields: element.fields.clone(),
                })))
            }
            Layout::Virtual => {
                Err(wrong(format!("`{name}` is a view of other files; write it with its numbers")))
            }
            Layout::Chunked { index: ChunkIndex::BTreeV2, .. } => Err(wrong(format!(
                "`{name}` may grow in two directions, which is not read; write it with libver=\"earliest\""
            ))),
            Layout::Chunked { chunk_shape, .. } => {
                let filters = dataset.filters();
                if let Some(other) = filters.iter().find(|id| !chunks::FILTERS.contains(id)) {
                    return Err(wrong(format!(
                        "`{name}` is compressed by {}, which is not read; write it with gzip",
                        named(*other)
                    )));
                }
                let file = (self.path.as_path(), self.size);
                chunks::open(file, &name, &dataset, sizes, &chunk_shape, element).map(Some)
            }
            // In the dataset's header.
            _ if bytes > MOST_COMPACT => Err(wrong(format!("`{name}` claims more than there is"))),
            _ => {
                let raw = dataset.read_raw().map_err(broken)?;
                let mut values = Vec::new();
                rows(&raw, element.bytes, &element.fields, &mut values);
                Ok(Some(Held::all(values)))
            }
        }
    }
}

/// Whether a folder is what MATLAB or PyTables keeps for itself.
fn is_inner(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    name == "#refs#" || name == "#subsystem#" || name.starts_with("_i_")
}

/// What a filter is called.
fn named(filter: u16) -> String {
    match filter {
        4 => "SZIP".to_owned(),
        307 => "bzip2".to_owned(),
        32_001 => "Blosc".to_owned(),
        32_004 => "LZ4".to_owned(),
        32_008 => "bitshuffle".to_owned(),
        32_015 => "Zstandard".to_owned(),
        32_026 => "Blosc2".to_owned(),
        other => format!("filter {other}"),
    }
}

fn too_many() -> Problem {
    wrong("it holds more datasets than are read; write fewer to a file")
}

/// A frame of pandas in its fixed form: blocks of columns beside lists of their names.
struct Frame(Vec<(String, Vec<String>)>);

impl Frame {
    fn of(found: &[(String, Dataset)]) -> Option<Self> {
        let named = |(name, dataset): &(String, Dataset)| {
            let block = name.strip_suffix("_items").filter(|name| name.starts_with("block"))?;
            Some((format!("{block}_values"), dataset.read_string().ok()?))
        };
        let frame: Vec<(String, Vec<String>)> = found.iter().filter_map(named).collect();
        (!frame.is_empty()).then_some(Self(frame))
    }

    fn wants(&self, name: &str) -> bool {
        name == INDEX || self.0.iter().any(|(block, _)| block == name)
    }

    /// Gives the columns of a block, or the index, their names.
    fn name(&self, array: &mut Array) {
        if array.name == INDEX {
            array.name = "timestamp".to_owned();
        }
        let names = self.0.iter().find(|(block, _)| *block == array.name);
        if let (Some((_, names)), [_, columns]) = (names, &array.shape[..])
            && names.len() == *columns
        {
            let names = names.iter().map(super::Column::numbers);
            array.columns = Some(names.collect());
        }
    }
}

/// The index of a frame.
const INDEX: &str = "axis1";

/// What is said of a folder or of a dataset alone.
impl Attributes {
    fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        for (name, number) in self.numbers() {
            facts.take(name, number);
        }
        facts.label = self.label();
        facts
    }
}

#[cfg(test)]
mod tests;
