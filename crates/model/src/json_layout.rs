//! JSON to be read by people too: objects over several lines, lists of numbers on one.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

/// The JSON of `value`, ending in a newline.
pub(crate) fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let layout = Layout { depth: 0, empty: true };
    // Writing to memory does not fail, and the fields of a model are all JSON.
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, layout));
    debug_assert!(written.is_ok());
    bytes.push(b'\n');
    bytes
}

struct Layout {
    depth: usize,
    empty: bool,
}

impl Layout {
    fn line<W: ?Sized + io::Write>(&self, to: &mut W) -> io::Result<()> {
        to.write_all(b"\n")?;
        to.write_all("  ".repeat(self.depth).as_bytes())
    }
}

impl Formatter for Layout {
    fn begin_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.empty = true;
        to.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if !self.empty {
            self.line(to)?;
        }
        self.empty = false;
        to.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if !first {
            to.write_all(b",")?;
        }
        self.empty = false;
        self.line(to)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }
}
