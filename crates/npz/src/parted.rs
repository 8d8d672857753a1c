//! Arrays whose numbers are read a part at a time.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use npyz::{DType, Endianness, NpyHeader, Order, TimeUnits, TypeChar, TypeStr};

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
    kind: Kind,
    /// Of points in time, and of spans: the length of their unit in s, and whether they are points, since 1970.
    time: Option<(f64, bool)>,
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

/// The type of the numbers, and whether they are big-endian.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Kind {
    of: Type,
    is_big: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Type {
    F8,
    F4,
    I1,
    I2,
    I4,
    I8,
    U1,
    U2,
    U4,
    U8,
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
    let DType::Plain(kind) = read.dtype() else { return Err(Defect::Table) };
    let elements: usize = shape.iter().product();
    if Encoding::of(&kind).is_some() {
        let width = kind.num_bytes().unwrap_or(0);
        return Err(texts(&kind, &start[header as usize..], width, elements));
    }
    let of = match (kind.type_char(), kind.num_bytes().unwrap_or(0)) {
        (TypeChar::Float, 8) => Type::F8,
        (TypeChar::Float, 4) => Type::F4,
        (TypeChar::Int, 1) => Type::I1,
        (TypeChar::Int, 2) => Type::I2,
        (TypeChar::Int, 4) => Type::I4,
        (TypeChar::Int, 8) => Type::I8,
        (TypeChar::DateTime | TypeChar::TimeDelta, 8) if seconds(&kind).is_some() => Type::I8,
        (TypeChar::Uint | TypeChar::Bool, 1) => Type::U1,
        (TypeChar::Uint, 2) => Type::U2,
        (TypeChar::Uint, 4) => Type::U4,
        (TypeChar::Uint, 8) => Type::U8,
        _ => return Err(Defect::Type(crate::error::shown(&kind.to_string()))),
    };
    let time = seconds(&kind).map(|unit| (unit, kind.type_char() == TypeChar::DateTime));
    let kind = Kind { of, is_big: kind.endianness() == Endianness::Big };
    let bytes = (elements as u64).checked_mul(kind.width() as u64);
    if bytes.is_none_or(|bytes| bytes > size.saturating_sub(header)) {
        return Err(Defect::TooFew { shape });
    }
    let is_fortran = read.order() == Order::Fortran;
    let place = Place { header, ..place };
    Ok(Parted { path: path.to_owned(), shape, kind, time, is_fortran, place })
}

/// The length in s of the unit of a time.
fn seconds(kind: &TypeStr) -> Option<f64> {
    Some(match kind.time_units()? {
        TimeUnits::Day => 86_400.0,
        TimeUnits::Hour => 3600.0,
        TimeUnits::Minute => 60.0,
        TimeUnits::Second => 1.0,
        TimeUnits::Millisecond => 1e-3,
        TimeUnits::Microsecond => 1e-6,
        TimeUnits::Nanosecond => 1e-9,
        _ => return None,
    })
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

    /// Of `datetime64` and `timedelta64` the length of their unit in s, and whether they count from 1970.
    pub fn time(&self) -> Option<(f64, bool)> {
        self.time
    }

    /// Whether the first index varies fastest in the file, and not the last.
    pub fn is_fortran(&self) -> bool {
        self.is_fortran
    }

    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// Its numbers as they stand in the file, from this one on. The checksum of an array in an archive is
    /// looked at where they are read from the first one to the last.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read.
    pub fn from(&self, element: usize) -> Result<Elements, Error> {
        let Place { start, size, is_deflated, header, crc } = self.place;
        let mut file = File::open(&self.path)?;
        let skipped = header + element as u64 * self.kind.width() as u64;
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
            kind: self.kind,
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
    kind: Kind,
    left: usize,
    /// What the checksum has to be, and is so far.
    crc: Option<(u32, Crc)>,
    read: u64,
    bytes: Vec<u8>,
}

impl Elements {
    /// Appends the next numbers to `to`: as many as this, or those that are left.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, [`Error::Archive`] where it is damaged.
    pub fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Error> {
        let count = count.min(self.left);
        self.fill(count * self.kind.width())?;
        self.left -= count;
        self.kind.numbers(&self.bytes, to);
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
        let mut left = count.min(self.left);
        while left > 0 {
            let now = left.min(BUFFER / self.kind.width());
            self.fill(now * self.kind.width())?;
            self.left -= now;
            left -= now;
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

impl Kind {
    fn width(self) -> usize {
        match self.of {
            Type::I1 | Type::U1 => 1,
            Type::I2 | Type::U2 => 2,
            Type::F4 | Type::I4 | Type::U4 => 4,
            Type::F8 | Type::I8 | Type::U8 => 8,
        }
    }

    /// Appends the numbers that the bytes stand for.
    fn numbers(self, bytes: &[u8], to: &mut Vec<f64>) {
        match self.of {
            Type::F8 => self.each(bytes, to, f64::from_le_bytes),
            Type::F4 => self.each(bytes, to, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Type::U1 => self.each(bytes, to, |[byte]| f64::from(byte)),
            Type::I1 => self.each(bytes, to, |[byte]| f64::from(byte as i8)),
            Type::U2 => self.each(bytes, to, |bytes| f64::from(u16::from_le_bytes(bytes))),
            Type::U4 => self.each(bytes, to, |bytes| f64::from(u32::from_le_bytes(bytes))),
            Type::U8 => self.each(bytes, to, |bytes| u64::from_le_bytes(bytes) as f64),
            Type::I2 => self.each(bytes, to, |bytes| f64::from(i16::from_le_bytes(bytes))),
            Type::I4 => self.each(bytes, to, |bytes| f64::from(i32::from_le_bytes(bytes))),
            Type::I8 => self.each(bytes, to, |bytes| i64::from_le_bytes(bytes) as f64),
        }
    }

    fn each<const WIDTH: usize>(
        self,
        bytes: &[u8],
        to: &mut Vec<f64>,
        number: impl Fn([u8; WIDTH]) -> f64,
    ) {
        let (numbers, _) = bytes.as_chunks::<WIDTH>();
        if self.is_big {
            to.extend(numbers.iter().map(|bytes| {
                let mut bytes = *bytes;
                bytes.reverse();
                number(bytes)
            }));
        } else {
            to.extend(numbers.iter().map(|bytes| number(*bytes)));
        }
    }
}
