//! The variables of a file, and what is inside them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::element::{COMPRESSED, MATRIX, Stream, Tag, cut, numbers};
use super::{FORMAT, MOST_NAMED, shape, wrong};
use crate::decode::arrays::{Array, Facts, Gather, Group};
use crate::decode::stretch::{Field, Stretch};
use crate::error::Problem;

/// How deep structures and cells are looked into.
const DEEPEST: usize = 6;

/// The most bytes of a name, or of all names of the fields of a structure, and the most dimensions, four bytes each.
const LONGEST_NAME: u64 = 4096;
const MOST_NAMES: u64 = 1 << 20;
const MOST_DIMENSIONS: u64 = 4 * 32;

/// What stands in a file.
pub(super) struct Found {
    pub(super) groups: Vec<Group>,
    /// What is no array of numbers: its name and what it is.
    pub(super) others: Vec<(String, &'static str)>,
}

/// The variables that were read so far.
pub(super) struct Variables {
    path: PathBuf,
    is_big: bool,
    found: Found,
    /// How many arrays there are in it.
    arrays: usize,
}

/// What an array is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Cell,
    Structure,
    Numbers,
    Other(&'static str),
}

/// The most arrays of a file.
const MOST_ARRAYS: usize = 1 << 20;

/// The flags of an array: its numbers are complex.
const COMPLEX: u32 = 0x800;

impl Class {
    fn of(flags: u32) -> Self {
        match flags & 0xff {
            1 => Self::Cell,
            2 => Self::Structure,
            6..=15 if flags & COMPLEX == 0 => Self::Numbers,
            6..=15 => Self::Other("complex numbers"),
            3 | 17 => Self::Other("an object or table"),
            4 => Self::Other("text"),
            5 => Self::Other("a sparse matrix"),
            16 => Self::Other("a function"),
            _ => Self::Other("of an unknown class"),
        }
    }
}

/// Where an array stands among others.
#[derive(Clone)]
struct Inside {
    /// The name of its group.
    group: String,
    gather: Gather,
    /// Its name, where it is not said beside it.
    name: Option<String>,
    depth: usize,
}

impl Variables {
    /// Reads them up to the end of the file.
    pub(super) fn read(path: &Path, mut stream: Stream, is_big: bool) -> Result<Found, Problem> {
        let found = Found { groups: Vec::new(), others: Vec::new() };
        let mut variables = Self { path: path.to_owned(), is_big, found, arrays: 0 };
        let top = Inside { group: String::new(), gather: Gather::ByName, name: None, depth: 0 };
        while let Some(tag) = stream.tag(is_big)? {
            match tag.kind {
                MATRIX => variables.matrix(&mut stream, tag, top.clone())?,
                COMPRESSED => {
                    let mut inner = Stream::deflated(path, stream.at)?;
                    let inner_tag = inner.tag(is_big)?.ok_or_else(cut)?;
                    if inner_tag.kind == MATRIX {
                        variables.matrix(&mut inner, inner_tag, top.clone())?;
                    }
                    // What is deflated is not padded.
                    stream.skip(tag.bytes)?;
                }
                _ => stream.skip(tag.padded())?,
            }
        }
        Ok(variables.found)
    }

    /// Reads an array from behind its tag to its end.
    fn matrix(&mut self, stream: &mut Stream, tag: Tag, inside: Inside) -> Result<(), Problem> {
        let end = stream.at.saturating_add(tag.padded());
        if tag.bytes > 0 {
            self.content(stream, inside)?;
        }
        let left = end.checked_sub(stream.at).ok_or_else(damaged)?;
        stream.skip(left)
    }

    fn content(&mut self, stream: &mut Stream, inside: Inside) -> Result<(), Problem> {
        let is_big = self.is_big;
        let flags = numbers(&stream.element(is_big, 8)?, is_big);
        let flags = *flags.first().ok_or_else(damaged)?;
        let is_opaque = flags & 0xff == 17;
        let dimensions = match is_opaque {
            true => Vec::new(),
            false => numbers(&stream.element(is_big, MOST_DIMENSIONS)?, is_big),
        };
        let dimensions: Vec<usize> = dimensions.into_iter().map(|n| n as usize).collect();
        let name = match is_opaque && inside.depth > 0 {
            true => Vec::new(),
            false => stream.element(is_big, LONGEST_NAME)?,
        };
        let name = inside.name.clone().unwrap_or_else(|| text(&name));
        let count = dimensions.iter().try_fold(1usize, |all, n| all.checked_mul(*n));
        let count = count.ok_or_else(damaged)?;
        match Class::of(flags) {
            Class::Numbers => self.numbers(stream, name, &dimensions, count, inside),
            Class::Structure if inside.depth < DEEPEST => {
                self.structure(stream, &name, count, &inside)
            }
            Class::Cell if inside.depth < DEEPEST => {
                for index in 0..count {
                    let Some(tag) = stream.tag(is_big)? else { return Err(cut()) };
                    let name = Some(format!("{name}[{index}]"));
                    let inside = Inside { name, depth: inside.depth + 1, ..inside.clone() };
                    self.matrix(stream, tag, inside)?;
                }
                Ok(())
            }
            Class::Cell => self.other(name, "a cell array"),
            Class::Structure => self.other(name, "a structure"),
            Class::Other(what) => self.other(name, what),
        }
    }

    /// Notes what is no array of numbers.
    fn other(&mut self, name: String, what: &'static str) -> Result<(), Problem> {
        if self.found.others.len() < MOST_NAMED {
            self.found.others.push((name, what));
        }
        Ok(())
    }

    fn structure(
        &mut self,
        stream: &mut Stream,
        name: &str,
        count: usize,
        inside: &Inside,
    ) -> Result<(), Problem> {
        let is_big = self.is_big;
        let width = numbers(&stream.element(is_big, 4)?, is_big);
        let width = width.first().map_or(0, |width| *width as usize);
        let names = stream.element(is_big, MOST_NAMES)?;
        let names: Vec<String> = names.chunks_exact(width.max(1)).map(text).collect();
        if names.is_empty() {
            return Ok(());
        }
        for index in 0..count {
            let own = if count == 1 { name.to_owned() } else { format!("{name}[{index}]") };
            let group = match inside.group.as_str() {
                "" => own,
                outer => format!("{outer}/{own}"),
            };
            for name in &names {
                let Some(tag) = stream.tag(is_big)? else { return Err(cut()) };
                let depth = inside.depth + 1;
                let (group, name) = (group.clone(), Some(name.clone()));
                self.matrix(stream, tag, Inside { group, gather: Gather::All, name, depth })?;
            }
        }
        Ok(())
    }

    fn numbers(
        &mut self,
        stream: &mut Stream,
        name: String,
        dimensions: &[usize],
        count: usize,
        inside: Inside,
    ) -> Result<(), Problem> {
        let Some(tag) = stream.tag(self.is_big)? else { return Err(cut()) };
        let Some(scalar) = tag.scalar(self.is_big) else { return Err(damaged()) };
        if count == 0 {
            return Ok(());
        }
        let bytes = (count as u64).checked_mul(scalar.width() as u64);
        if bytes.is_none_or(|bytes| bytes > tag.bytes) {
            return Err(damaged());
        }
        let Some((shape, is_fortran)) = shape::of(dimensions) else {
            return self.other(name, "an array of more than three dimensions");
        };
        self.arrays += 1;
        if self.arrays > MOST_ARRAYS {
            return Err(wrong("it holds more arrays than are read; save fewer to a file"));
        }
        let (start, within) = match stream.deflated {
            Some(start) => (start, Some(stream.at)),
            None => (stream.at, None),
        };
        let path = self.path.clone();
        let (row, fields) = (scalar.width(), Field::only(scalar));
        let origin = Stretch { path, format: FORMAT, start, inside: within, row, fields };
        let array = Array::new(name, shape, is_fortran, Arc::new(origin));
        let Inside { group: name, gather, .. } = inside;
        match self.found.groups.iter_mut().rev().find(|group| group.name == name) {
            Some(group) => group.arrays.push(array),
            None => {
                let (arrays, facts) = (vec![array], Facts::default());
                self.found.groups.push(Group { name, arrays, facts, gather });
            }
        }
        Ok(())
    }
}

fn damaged() -> Problem {
    wrong("one of its variables is damaged; save it again")
}

/// A name, up to its end.
fn text(bytes: &[u8]) -> String {
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(name).into_owned()
}
