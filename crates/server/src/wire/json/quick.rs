//! The JSON that boards write, read in one go: an object of names and numbers, without white space in
//! numbers, escapes or fields that nobody knows. All else is left to the reader that knows JSON.

use judder_data::decimal;

use super::Body;

/// The body, where it is as plain as boards write it.
pub(super) fn read(bytes: &[u8]) -> Option<Body> {
    let mut reader = Reader { bytes, at: 0 };
    let mut body = Body::default();
    reader.take(b'{')?;
    loop {
        let name = reader.text()?;
        reader.take(b':')?;
        match name {
            "x" => once(&mut body.x, reader.axis()?)?,
            "y" => once(&mut body.y, reader.axis()?)?,
            "z" => once(&mut body.z, reader.axis()?)?,
            "device" => once(&mut body.device, reader.text()?.to_owned())?,
            "time" => once(&mut body.time, reader.text()?.to_owned())?,
            "sequence" => once(&mut body.sequence, reader.whole()?)?,
            "rate_hz" => once(&mut body.rate_hz, reader.number()?)?,
            _ => return None,
        }
        match reader.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    reader.blank();
    (reader.at == bytes.len()).then_some(body)
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

    #[inline]
    fn number(&mut self) -> Option<f64> {
        self.blank();
        let rest = self.bytes.get(self.at..)?;
        let (value, used) = decimal(rest)?;
        (is_json(rest, used) && ends(*rest.get(used)?)).then_some(())?;
        self.at += used;
        Some(value)
    }

    /// Numbers in brackets.
    fn axis(&mut self) -> Option<Vec<f64>> {
        self.take(b'[')?;
        let mut values = Vec::with_capacity(256);
        loop {
            values.push(self.number()?);
            match self.next()? {
                b',' => {}
                b']' => return Some(values),
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
#[inline]
fn is_json(bytes: &[u8], used: usize) -> bool {
    // Most numbers are fractions: one digit, and a point that another follows.
    let sign = usize::from(bytes.first() == Some(&b'-'));
    if let Some([first, b'.', next, ..]) = bytes.get(sign..used)
        && first.is_ascii_digit()
    {
        return next.is_ascii_digit();
    }
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
