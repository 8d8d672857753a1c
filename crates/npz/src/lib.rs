//! NumPy arrays on disk, in bounded memory.
//!
//! `.npy` and `.npz` files are read whatever they claim: no more is allocated than the caller
//! allows, and a damaged file is an [`Error`]. Numbers of the types `f8`, `f4`, `i2`, `i4`, `i8` and
//! `u1`, in either byte order, come as `f64` in C order, of an array that is [`Parted`] also those of the
//! other integers, and the fields of a structured array; an array of one text is a [`Defect`] that has the text. Written are `f8`, little-endian, and `u1`, in C order, and arrays of one text.
//!
//! # Examples
//! ```
//! use std::io::Cursor;
//!
//! use judder_npz::Numbers::F8;
//!
//! let identity = [1.0, 0.0, 0.0, 1.0];
//! let file = judder_npz::write_npz(&[("identity", &[2, 2], F8(&identity))])?;
//! let arrays = judder_npz::read_npz(Cursor::new(file), 1 << 20)?;
//! let (name, array) = &arrays[0];
//! assert_eq!(name, "identity");
//! assert_eq!(array.as_ref().map(|array| array.shape()), Ok(&[2, 2][..]));
//! # Ok::<(), judder_npz::Error>(())
//! ```

mod archive;
mod array;
mod error;
mod fields;
mod header;
mod parted;
mod text;

pub use archive::{NpzWriter, Numbers, read_npz, read_npz_of, write_npz};
pub use array::{Array, read_npy};
pub use error::{Defect, Error};
pub use fields::Field;
pub use parted::{Elements, Parted, open_npy, open_npz};
