//! The files beside an ONNX file that hold its larger tensors, as PyTorch writes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use prost::Message;

use super::proto::Entry;
use super::{broken, refused};
use crate::FormatError;
use crate::bounded;
use crate::error::{Problem, quoted};

/// How to have one file.
const ONE_FILE: &str = "copy it too, or write one file: \
                        `torch.onnx.export(..., external_data=False)`, or \
                        `onnx.save(onnx.load(\"m.onnx\"), \"one.onnx\")`";
const ONE: &str = "`torch.onnx.export(..., external_data=False)`";

/// The folder that an ONNX file stands in.
pub(super) struct Beside<'a> {
    folder: Option<&'a Path>,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl<'a> Beside<'a> {
    pub(super) fn new(folder: Option<&'a Path>) -> Self {
        Self { folder, files: BTreeMap::new() }
    }

    /// The bytes of a tensor, as many as it takes.
    ///
    /// # Errors
    /// Where the file is not there, or does not hold them, or is not beside the ONNX file.
    pub(super) fn bytes(
        &mut self,
        tensor: &str,
        entries: &[Vec<u8>],
        count: usize,
    ) -> Result<Vec<u8>, FormatError> {
        let (mut location, mut offset, mut length) = (None, 0, count);
        for entry in entries.iter().take(8) {
            let Entry { key, value } = Entry::decode(entry.as_slice()).map_err(broken)?;
            let text = String::from_utf8(value).map_err(broken)?;
            let number = || {
                text.parse::<usize>().map_err(|_| {
                    broken(format!("the tensor {tensor} says {key} {}", quoted(&text)))
                })
            };
            match key.as_str() {
                "location" => location = Some(text),
                "offset" => offset = number()?,
                "length" => length = number()?,
                // A digest that PyTorch does not write, and whatever comes.
                _ => {}
            }
        }
        let Some(location) = location else {
            return Err(broken(format!("the tensor {tensor} does not say in which file it is")));
        };
        let file = self.file(tensor, &location)?;
        let end = offset.checked_add(length).filter(|_| length == count);
        let part = end.and_then(|end| file.get(offset..end));
        part.map(<[u8]>::to_vec).ok_or_else(|| {
            broken(format!(
                "the tensor {tensor} takes {count} bytes from {offset} on of {}, which has {}, and \
                 is said to have {length} there: write both files again",
                quoted(&location),
                file.len()
            ))
        })
    }

    /// The bytes of a file beside.
    fn file(&mut self, tensor: &str, location: &str) -> Result<&[u8], FormatError> {
        let (shown, name) = (quoted(location), location.trim_start_matches("./"));
        let what = format!("the tensor {tensor}, whose numbers are in the file {shown}");
        let plain = !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', '\0']);
        if !plain {
            let way = "judder reads a file beside the .onnx file only: ";
            return Err(refused(what, format!("{way}{ONE_FILE}")));
        }
        let Some(folder) = self.folder else { return Err(refused(what, ONE_FILE)) };
        let path = folder.join(name);
        if !self.files.contains_key(&path) {
            // A link may lead anywhere, and other things than files may never end.
            let is = std::fs::symlink_metadata(&path).map(|found| found.file_type());
            if is.as_ref().is_ok_and(|kind| !kind.is_file()) {
                let kind =
                    if is.is_ok_and(|kind| kind.is_symlink()) { "a link" } else { "no file" };
                let way =
                    format!("copy the file itself beside the .onnx, or write one file: {ONE}");
                return Err(refused(format!("{what}, which is {kind}"), way));
            }
            let bytes = bounded::read(&path).map_err(|problem| match problem {
                Problem::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    refused(format!("{what}, which is not there"), ONE_FILE)
                }
                other => refused(format!("{what}, which {other}"), ONE_FILE),
            })?;
            self.files.insert(path.clone(), bytes);
        }
        Ok(self.files.get(&path).map_or(&[], Vec::as_slice))
    }

    /// How many bytes all these files have.
    pub(super) fn len(&self) -> usize {
        self.files.values().map(Vec::len).sum()
    }
}
