//! The JSON that boards write, read in one go: an object of names and numbers, without white space in
//! numbers, escapes or fields that nobody knows. All else is left to the reader that knows JSON.

use judder_data::{decimal, fractions};

/// Readings that there is room for at first.
const FEW: usize = 256;

/// The axes, in the order in which boards write them.
pub(super) const AXES: [&str; 3] = ["x", "y", "z"];

/// A body that is as plain as boards write it: the axes in order, as many readings of each, and at least one.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plain {
    pub(super) device: Option<String>,
    pub(super) sequence: Option<u64>,
    pub(super) start: Option<u32>,
    pub(super) time: Option<String>,
    pub(super) rate_hz: Option<f64>,
    pub(super) unit: Option<String>,
    /// How many readings there are.
    pub(super) length: usize,
    /// The readings, axis by axis.
    pub(super) values: Vec<f64>,
}

/// The body, where it is plain.
pub(super) fn read(bytes: &[u8]) -> Option<Plain> {
    let mut reader = Reader { bytes, at: 0 };
    let mut plain = Plain::default();
    let mut axes = AXES.iter();
    reader.take(b'{')?;
    loop {
        let name = reader.text()?;
        reader.take(b':')?;
        match name {
            "device" => once(&mut plain.device, reader.text()?.to_owned())?,
            "unit" => once(&mut plain.unit, reader.text()?.to_owned())?,
            "time" => once(&mut plain.time, reader.text()?.to_owned())?,
            "sequence" => once(&mut plain.sequence, reader.whole()?)?,
            "start" => once(&mut plain.start, reader.whole()?.try_into().ok()?)?,
            "rate_hz" => once(&mut plain.rate_hz, reader.number()?)?,
            axis => {
                (axes.next() == Some(&axis)).then_some(())?;
                plain.axis(&mut reader)?;
            }
        }
        match reader.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    reader.blank();
    (reader.at == bytes.len() && axes.next().is_none()).then_some(plain)
}

impl Plain {
    /// Reads one more axis.
    fn axis(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let before = self.values.len();
        if before == 0 {
            self.values.reserve(FEW);
            reader.axis(&mut self.values)?;
            self.length = self.values.len();
            // As much as the recording takes, which is kept as it is.
            self.values.reserve_exact(2 * self.length);
            return Some(());
        }
        reader.axis(&mut self.values)?;
        (self.values.len() - before == self.length).then_some(())
    }
}

/// A field that is there twice is an error, for who can say so.
fn once<T>(field: &mut Option<T>, value: T) -> Option<()> {
    field.replace(value).is_none().then_some(())
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn blank(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is not blank.
    fn next(&mut self) -> Option<u8> {
        self.blank();
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    /// Text of printable ASCII without escapes.
    fn text(&mut self) -> Option<&'b str> {
        self.take(b'"')?;
        let rest = self.bytes.get(self.at..)?;
        let end =
            rest.iter().position(|byte| !matches!(byte, b' '..=b'~') || b"\"\\".contains(byte))?;
        let (text, behind) = rest.split_at(end);
        if behind.first() != Some(&b'"') {
            return None;
        }
        self.at += end + 1;
        std::str::from_utf8(text).ok()
    }

    /// A whole number, as short as it can be.
    fn whole(&mut self) -> Option<u64> {
        self.blank();
        let rest = self.bytes.get(self.at..)?;
        let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        let digits = std::str::from_utf8(&rest[..end]).ok()?;
        if digits.starts_with('0') && digits.len() > 1 || !ends(*rest.get(end)?) {
            return None;
        }
        self.at += end;
        digits.parse().ok()
    }

    fn number(&mut self) -> Option<f64> {
        self.blank();
        let rest = self.bytes.get(self.at..)?;
        let (value, used) = decimal(rest)?;
        (is_json(rest, used) && ends(*rest.get(used)?)).then_some(())?;
        self.at += used;
        Some(value)
    }

    /// Numbers in brackets.
    fn axis(&mut self, values: &mut Vec<f64>) -> Option<()> {
        self.take(b'[')?;
        loop {
            self.blank();
            self.at = fractions(self.bytes, self.at, values);
            // The last one has no comma behind it, and there may be others that are no fractions.
            values.push(self.number()?);
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }
}

/// What may stand behind a number.
fn ends(byte: u8) -> bool {
    matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether a decimal number is also one of JSON: no plus in front, a digit before and behind the point, and no
/// zero before other digits.
fn is_json(bytes: &[u8], used: usize) -> bool {
    let bytes = bytes.get(..used).unwrap_or_default();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let plain = match digits {
        [b'0'] => true,
        [b'0', next, ..] => matches!(next, b'.' | b'e' | b'E'),
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    };
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let point = digits.iter().position(|byte| *byte == b'.');
    plain && point.is_none_or(|at| is_digit(digits.get(at + 1)))
}
