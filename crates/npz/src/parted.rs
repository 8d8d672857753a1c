//! Arrays whose numbers are read a part at a time.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use npyz::{DType, NpyHeader, Order, TypeStr};

use crate::fields::{self, Field};
use crate::text::Encoding;
use crate::{Defect, Error, header};

/// The most bytes that are looked at for a header.
const HEADER: u64 = 16 * 1024;

/// The bytes that are read from a file at a time.
const BUFFER: usize = 256 * 1024;

/// An array in a file, of which nothing but the header is in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Parted {
    path: PathBuf,
    shape: Vec<usize>,
    /// Bytes of an element, and the numbers in it.
    width: usize,
    fields: Vec<Field>,
    is_fortran: bool,
    place: Place,
}

/// Where the bytes of an array file stand.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    /// In the file, where they begin,
    start: u64,
    /// and how many there are: as they are, or deflated.
    size: u64,
    is_deflated: bool,
    /// Bytes of the array's header.
    header: u64,
    /// The checksum of them all, where there is one.
    crc: Option<u32>,
}

/// Opens the array of a `.npy` file.
///
/// # Errors
/// [`Error::Io`] where the file cannot be read.
pub fn open_npy(path: &Path) -> Result<Result<Parted, Defect>, Error> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let place = Place { start: 0, size, is_deflated: false, header: 0, crc: None };
    Ok(parted(path, &start(file)?, size, place))
}

/// Opens the arrays of a `.npz` archive in its order, each with its name, and as an array or as what keeps
/// it from being one.
///
/// # Errors
/// [`Error::Archive`] where the archive is damaged, [`Error::Io`] where the file cannot be read.
#[allow(clippy::type_complexity, reason = "a name and an array, or what is wrong with it")]
pub fn open_npz(path: &Path) -> Result<Vec<(String, Result<Parted, Defect>)>, Error> {
    let file = BufReader::new(File::open(path)?);
    let mut archive = zip::ZipArchive::new(file).map_err(Error::archive)?;
    let mut arrays = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(Error::archive)?;
        let name = entry.name().map_err(Error::archive)?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        let place = Place {
            start: entry.data_start().unwrap_or(0),
            size: entry.compressed_size(),
            is_deflated: entry.compression() == zip::CompressionMethod::Deflated,
            header: 0,
            crc: Some(entry.crc32()),
        };
        let size = entry.size();
        let start = start(entry).map_err(Error::archive)?;
        arrays.push((name, parted(path, &start, size, place)));
    }
    Ok(arrays)
}

/// The first bytes, with the header among them.
fn start(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(HEADER).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The array that begins with these bytes, of so many.
fn parted(path: &Path, start: &[u8], size: u64, place: Place) -> Result<Parted, Defect> {
    let (shape, after) = header::check(start)?;
    let header = (start.len() - after) as u64;
    let read = NpyHeader::from_reader(start).map_err(Defect::damaged)?;
    let kind = read.dtype();
    let elements: usize = shape.iter().product();
    if let DType::Plain(kind) = &kind
        && Encoding::of(kind).is_some()
    {
        let width = kind.num_bytes().unwrap_or(0);
        return Err(texts(kind, &start[header as usize..], width, elements));
    }
    let (width, fields) = fields::of(&kind)?;
    if matches!(kind, DType::Record(_)) && shape.len() != 1 {
        return Err(Defect::Table);
    }
    let bytes = (elements as u64).checked_mul(width as u64);
    if bytes.is_none_or(|bytes| bytes > size.saturating_sub(header)) {
        return Err(Defect::TooFew { shape });
    }
    let is_fortran = read.order() == Order::Fortran;
    let place = Place { header, ..place };
    Ok(Parted { path: path.to_owned(), shape, width, fields, is_fortran, place })
}

/// An array of texts, if there are so few that they stand among these bytes.
fn texts(kind: &TypeStr, bytes: &[u8], width: usize, count: usize) -> Defect {
    let other = || Defect::Type(crate::error::shown(&kind.to_string()));
    if count == 1 && bytes.len() < width {
        return Defect::of_text(None);
    }
    if width == 0 || count.checked_mul(width).is_none_or(|all| all > bytes.len()) {
        return other();
    }
    let text = |element: &[u8]| Encoding::of(kind)?.read(element);
    let all: Option<Vec<String>> = bytes.chunks_exact(width).take(count).map(text).collect();
    match all {
        Some(mut all) if all.len() == 1 => Defect::of_text(all.pop()),
        Some(all) => Defect::Texts(all),
        None => other(),
    }
}

impl Parted {
    /// How long it is in each dimension. A single number has none.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers of an element: one without a name, or those fields of a structured array that are numbers.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether the first index varies fastest in the file, and not the last.
    pub fn is_fortran(&self) -> bool {
        self.is_fortran
    }

    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.shape.iter().product::<usize>() * self.fields.len()
    }

    /// Its numbers as they stand in the file, from this one on, which is the first of an element. The checksum of an array in an archive is
    /// looked at where they are read from the first one to the last.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read.
    pub fn from(&self, element: usize) -> Result<Elements, Error> {
        let Place { start, size, is_deflated, header, crc } = self.place;
        let mut file = File::open(&self.path)?;
        let row = element / self.fields.len().max(1);
        let skipped = header + row as u64 * self.width as u64;
        let skipped = if element == 0 { 0 } else { skipped };
        let inner: Box<dyn Read + Send> = if is_deflated {
            file.seek(SeekFrom::Start(start))?;
            let mut inflated =
                DeflateDecoder::new(BufReader::with_capacity(BUFFER, file.take(size)));
            io::copy(&mut (&mut inflated).take(skipped), &mut io::sink())?;
            Box::new(inflated)
        } else {
            file.seek(SeekFrom::Start(start + skipped))?;
            Box::new(file.take(size.saturating_sub(skipped)))
        };
        let mut elements = Elements {
            inner,
            width: self.width,
            fields: self.fields.clone(),
            left: self.count().saturating_sub(element),
            crc: crc.filter(|_| element == 0).map(|expected| (expected, Crc::new())),
            read: 0,
            bytes: Vec::new(),
        };
        if element == 0 {
            elements.fill(header as usize)?;
        }
        Ok(elements)
    }
}

/// The numbers of an array, read on.
pub struct Elements {
    inner: Box<dyn Read + Send>,
    width: usize,
    fields: Vec<Field>,
    left: usize,
    /// What the checksum has to be, and is so far.
    crc: Option<(u32, Crc)>,
    read: u64,
    bytes: Vec<u8>,
}

impl Elements {
    /// Appends the next numbers to `to`: as many as this, of whole elements, or those that are left.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, [`Error::Archive`] where it is damaged.
    pub fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Error> {
        let mut rows = count.min(self.left) / self.fields.len().max(1);
        while rows > 0 {
            let now = rows.min((BUFFER / self.width).max(1));
            self.fill(now * self.width)?;
            self.left -= now * self.fields.len();
            rows -= now;
            fields::numbers(&self.bytes, self.width, &self.fields, to);
        }
        if self.left == 0 && self.crc.is_some() {
            let mut rest = Vec::with_capacity(BUFFER);
            loop {
                rest.clear();
                (&mut self.inner).take(BUFFER as u64).read_to_end(&mut rest)?;
                let Some((expected, crc)) = &mut self.crc else { break };
                crc.update(&rest);
                if rest.is_empty() {
                    if crc.sum() != *expected {
                        return Err(Error::archive("Invalid checksum"));
                    }
                    break;
                }
            }
            self.crc = None;
        }
        Ok(())
    }

    /// Passes over numbers.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn skip(&mut self, count: usize) -> Result<(), Error> {
        let mut rows = count.min(self.left) / self.fields.len().max(1);
        while rows > 0 {
            let now = rows.min((BUFFER / self.width).max(1));
            self.fill(now * self.width)?;
            self.left -= now * self.fields.len();
            rows -= now;
        }
        Ok(())
    }

    /// The bytes of the array that were read.
    pub fn bytes(&self) -> u64 {
        self.read
    }

    fn fill(&mut self, bytes: usize) -> Result<(), Error> {
        self.bytes.clear();
        (&mut self.inner).take(bytes as u64).read_to_end(&mut self.bytes)?;
        if self.bytes.len() < bytes {
            let cut = io::Error::new(io::ErrorKind::UnexpectedEof, "the numbers end too early");
            return Err(cut.into());
        }
        self.read += bytes as u64;
        if let Some((_, crc)) = &mut self.crc {
            crc.update(&self.bytes);
        }
        Ok(())
    }
}
