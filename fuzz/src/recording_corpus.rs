//! Recordings in the formats of other tools, made here: each behind two bytes that say nothing of how to read it.

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use hdf5_pure::{AttrValue, FileBuilder};
use parquet::basic::Compression as Codec;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use zip::CompressionMethod;

use crate::corpus::{archive, array};

/// Files, each behind the bytes of the options.
pub(crate) fn plain(files: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    files.into_iter().map(|file| [&[0, 0][..], &file].concat()).collect()
}

/// So many readings.
fn readings(count: u32) -> Vec<f64> {
    (0..count).map(|at| f64::from(at * 7 % 13) / 64.0 - 0.1).collect()
}

fn doubles(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Text with what stands before, between and behind its numbers.
pub fn forms() -> Vec<Vec<u8>> {
    let rows = |count: u32, row: &dyn Fn(u32) -> String| -> String {
        (0..count).map(|at| row(at) + "\n").collect()
    };
    let xyz = |at: u32| format!("{},{},{}", at % 3, f64::from(at * 5 % 7) / 8.0, at % 2);
    let signal = |at: u32| (0..48).map(|k| (k * at % 7).to_string()).collect::<Vec<_>>().join(" ");
    let utf16: Vec<u8> =
        "\u{feff}x;y\n0,5;1\n0,25;2\n0,5;3\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut texts = vec![
        format!("Instrument,ACQ\nInterval,1.0E-03\n\nx,y,z\ng,g,g\n{}", rows(20, &xyz)),
        format!(
            "#time,a,b,c\n{}",
            rows(20, &|at| format!("{},{}", 0.005 * f64::from(at), xyz(at)))
        ),
        format!(
            "Sample,X,Y,Z\n{}Rate 1332, overflows 0\n",
            rows(20, &|at| format!("{at},{}", xyz(at)))
        ),
        rows(20, &|at| {
            format!("2026-01-02T03:04:{:02}.{:03}Z,{}", at / 10, at % 10 * 100, xyz(at))
        }),
        rows(20, &|at| format!("\"2026-01-02 03:04:05,{:03}\";\"0,5\";\"{},25\"", at * 5, at % 3)),
        rows(20, &|at| format!("01:59:59.{:03} -> {}", at * 40, xyz(at))),
        rows(20, &|at| format!("X:0.{at},Y:{},Z:1", at % 3)),
        format!("sep=;\nx;y\n{}", rows(20, &|at| format!("{},5;{}", at % 3, at % 5))),
        format!(
            "x,y,label\n{}",
            rows(24, &|at| format!("{},{},{}", at % 5, at % 3, ["low", "high"][at as usize / 12]))
        ),
        format!(
            "sensor,t,x\n{}",
            rows(24, &|at| format!("{},{},{}", ["a", "b"][at as usize % 2], at / 2, at % 5))
        ),
        rows(6, &signal),
        rows(6, &|at| signal(at).replace(' ', ",")),
        format!("t_ms,x\n{}", rows(20, &|at| format!("{},{}", 10 * at + 500 * (at / 10), at % 7))),
        format!(
            ",timestamp,x,y\n{}",
            rows(20, &|at| format!(
                "{at},{},{},1",
                1_700_000_000_000u64 + 5 * u64::from(at),
                at % 7
            ))
        ),
        "% of a program\r% x y\r1\t2\r3\t4\r2\t2\r".to_owned(),
    ];
    texts.push(texts[0].replace('\n', "\r\n"));
    let gz = packed(texts[1].as_bytes());
    let texts = texts.into_iter().map(String::into_bytes);
    plain(texts.chain([utf16, gz]))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes);
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

/// Tables of intervals.
pub fn intervals() -> Vec<Vec<u8>> {
    [
        "start,end,label\n0,10,low\n10,20.5,high\n",
        "file;start;end;label\none.csv;2026-01-01T00:00:00Z;2026-01-01T00:01:00Z;a b\n",
        "# said by hand\nlabel,start,end\n\"a,b\",0,1\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Arrays with names, the rate among them.
pub fn arrays() -> Vec<Vec<u8>> {
    let numbers = doubles(&readings(24));
    let axis = array("<f8", "False", "(24,)", &numbers);
    let rate = array("<f8", "False", "()", &400f64.to_le_bytes());
    let times: Vec<f64> = (0..24).map(|at| f64::from(at) / 200.0).collect();
    let times = array("<f8", "False", "(24,)", &doubles(&times));
    let table = array("<f8", "False", "(8, 3)", &numbers);
    let wide = array("<f8", "True", "(3, 8)", &numbers);
    let many = array("<f8", "False", "(2, 4, 3)", &numbers);
    let label: Vec<u8> =
        "worn".encode_utf16().flat_map(|unit| u32::from(unit).to_le_bytes()).collect();
    let label = array("<U4", "False", "()", &label);
    let stored = CompressionMethod::Stored;
    plain([
        archive(stored, &[("x.npy", &axis), ("y.npy", &axis), ("fs.npy", &rate)]),
        archive(stored, &[("t.npy", &times), ("acc.npy", &axis), ("label.npy", &label)]),
        archive(stored, &[("table.npy", &table), ("wide.npy", &wide), ("dt.npy", &rate)]),
        archive(CompressionMethod::Deflated, &[("many.npy", &many), ("table.npy", &table)]),
    ])
}

/// One chunk of a RIFF file.
fn chunk(name: &str, body: &[u8]) -> Vec<u8> {
    let mut all = name.as_bytes().to_vec();
    all.extend((body.len() as u32).to_le_bytes());
    all.extend(body);
    all.resize(all.len().next_multiple_of(2), 0);
    all
}

/// A RIFF file of these chunks.
fn riff(name: &str, chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut body = b"WAVE".to_vec();
    body.extend(chunks.concat());
    chunk(name, &body)
}

/// How samples are written: coding, channels, bytes of each.
fn coding(of: u16, channels: u16, bytes: u16, more: &[u8]) -> Vec<u8> {
    let (rate, frame) = (8_000u32, channels * bytes);
    let mut body = [of, channels].map(u16::to_le_bytes).concat();
    body.extend([rate, rate * u32::from(frame)].map(u32::to_le_bytes).concat());
    body.extend([frame, 8 * bytes].map(u16::to_le_bytes).concat());
    body.extend(more);
    chunk("fmt ", &body)
}

/// Sound in integers and floats.
pub fn wav() -> Vec<Vec<u8>> {
    let bytes: Vec<u8> = (0..96u8).map(|at| at.wrapping_mul(37)).collect();
    let data = chunk("data", &bytes);
    let floats: Vec<u8> = readings(24).iter().flat_map(|x| (*x as f32).to_le_bytes()).collect();
    // The long form: its own length, the bits in use, the speakers, and the coding again.
    let long = [&[22, 0, 20, 0, 3, 0, 0, 0, 1, 0][..], b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"]
        .concat();
    let sizes = [60u64, 96, 24].map(u64::to_le_bytes).concat();
    let mut unknown = data.clone();
    unknown[4..8].fill(0xFF);
    plain([
        riff("RIFF", &[coding(1, 2, 2, &[]), data.clone()]),
        riff("RIFF", &[chunk("LIST", b"INFOabc"), coding(1, 3, 1, &[]), data.clone()]),
        riff("RIFF", &[coding(3, 3, 4, &[]), chunk("data", &floats)]),
        riff("RIFF", &[coding(0xFFFE, 2, 3, &long), data]),
        riff("RF64", &[chunk("ds64", &sizes), coding(1, 1, 4, &[]), unknown]),
    ])
}

/// An element of a MAT-file: its type and bytes, up to a multiple of eight.
fn element(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut all = [kind, body.len() as u32].map(u32::to_le_bytes).concat();
    all.extend(body);
    all.resize(all.len().next_multiple_of(8), 0);
    all
}

/// An array of a class: its size, its name, and what is in it.
fn matrix(class: u32, size: [i32; 2], name: &str, content: &[u8]) -> Vec<u8> {
    let body = [
        element(6, &[class, 0].map(u32::to_le_bytes).concat()),
        element(5, &size.map(i32::to_le_bytes).concat()),
        element(1, name.as_bytes()),
        content.to_vec(),
    ];
    element(14, &body.concat())
}

/// Files of MATLAB: arrays with a rate, packed ones, and a structure.
pub fn matlab() -> Vec<Vec<u8>> {
    let file = |variables: &[Vec<u8>]| {
        let mut all = b"MATLAB 5.0 MAT-file".to_vec();
        all.resize(124, b' ');
        all.extend(b"\0\x01IM");
        all.extend(variables.concat());
        all
    };
    let numbers = |size: [i32; 2], name: &str| {
        let count = (size[0] * size[1]) as u32;
        matrix(6, size, name, &element(9, &doubles(&readings(count))))
    };
    let table = numbers([20, 3], "acc");
    let rate = matrix(6, [1, 1], "fs", &element(9, &400f64.to_le_bytes()));
    let short = matrix(10, [6, 1], "counts", &element(3, &[1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 9, 0]));
    let names = [element(5, &2u32.to_le_bytes()), element(1, b"x\0y\0")].concat();
    let fields = [names, numbers([8, 1], ""), numbers([8, 1], "")].concat();
    let structure = matrix(2, [1, 1], "motor", &fields);
    let cells = matrix(1, [1, 2], "both", &[numbers([8, 2], ""), numbers([9, 2], "")].concat());
    let pack = |bytes: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
        [&[15, packed.len() as u32].map(u32::to_le_bytes).concat()[..], &packed].concat()
    };
    plain([
        file(&[table.clone(), rate.clone()]),
        file(&[pack(&table), pack(&rate)]),
        file(&[structure, rate]),
        file(&[cells, short]),
    ])
}

/// HDF5: datasets in folders, and in packed chunks.
pub fn hdf5() -> Vec<Vec<u8>> {
    let built = |build: &dyn Fn(&mut FileBuilder)| {
        let mut file = FileBuilder::new();
        build(&mut file);
        file.finish().unwrap_or_default()
    };
    plain([
        built(&|file| {
            file.set_attr("fs", AttrValue::F64(400.0));
            let mut folder = file.create_group("pump");
            folder.set_attr("label", AttrValue::String("worn".into()));
            folder.create_dataset("x").with_f64_data(&readings(24));
            folder.create_dataset("y").with_f64_data(&readings(24));
            file.add_group(folder.finish());
        }),
        built(&|file| {
            let table = file.create_dataset("table").with_f64_data(&readings(60));
            table.with_shape(&[20, 3]).with_chunks(&[8, 2]).with_shuffle().with_deflate(4);
        }),
    ])
}

/// A text of TDMS, behind its length.
fn counted(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

/// TDMS: two channels of doubles in two segments, plain and interleaved.
pub fn tdms() -> Vec<Vec<u8>> {
    let channel = |path: &str, properties: &[Vec<u8>]| {
        let mut all = counted(path);
        all.extend([20u32, 10, 1].map(u32::to_le_bytes).concat());
        all.extend(8u64.to_le_bytes());
        all.extend((properties.len() as u32).to_le_bytes());
        all.extend(properties.concat());
        all
    };
    let number = |name: &str, value: f64| {
        [&counted(name)[..], &10u32.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let word = |name: &str, text: &str| {
        [&counted(name)[..], &0x20u32.to_le_bytes(), &counted(text)].concat()
    };
    let segment = |flags: u32, objects: &[Vec<u8>], count: u32| {
        let mut said = Vec::new();
        if !objects.is_empty() {
            said.extend((objects.len() as u32).to_le_bytes());
            said.extend(objects.concat());
        }
        let numbers = doubles(&readings(count));
        let mut all = b"TDSm".to_vec();
        all.extend([flags, 4713].map(u32::to_le_bytes).concat());
        all.extend(
            [said.len() + numbers.len(), said.len()].map(|n| (n as u64).to_le_bytes()).concat(),
        );
        [all, said, numbers].concat()
    };
    let channels = [
        channel("/'a'/'x'", &[number("wf_increment", 0.002), word("unit_string", "g")]),
        channel(
            "/'a'/'y'",
            &[
                word("unit_string", "g"),
                number("NI_Number_Of_Scales", 1.0),
                word("NI_Scale[0]_Scale_Type", "Linear"),
                number("NI_Scale[0]_Linear_Slope", 2.0),
                number("NI_Scale[0]_Linear_Y_Intercept", 0.5),
            ],
        ),
    ];
    plain([
        [segment(0b1110, &channels, 32), segment(0b1000, &[], 16)].concat(),
        segment(0b10_1110, &channels, 16),
    ])
}

/// Parquet: columns with gaps and words, plain and packed.
pub fn parquet() -> Vec<Vec<u8>> {
    let codecs = [Codec::UNCOMPRESSED, Codec::SNAPPY];
    plain(codecs.into_iter().map(|codec| parquet_file(codec).unwrap_or_default()))
}

fn parquet_file(codec: Codec) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    const COLUMNS: &str = "message m { required int64 t (TIMESTAMP(MICROS, true)); \
        required double x; optional double y; required binary label (UTF8); }";
    let properties = WriterProperties::builder().set_compression(codec).build();
    let schema = Arc::new(parse_message_type(COLUMNS)?);
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    for group in 0..2i64 {
        let mut rows = file.next_row_group()?;
        let times: Vec<i64> =
            (0..20).map(|at| 1_700_000_000_000_000 + 2_500 * (20 * group + at)).collect();
        if let Some(mut column) = rows.next_column()? {
            column.typed::<Int64Type>().write_batch(&times, None, None)?;
            column.close()?;
        }
        if let Some(mut column) = rows.next_column()? {
            column.typed::<DoubleType>().write_batch(&readings(20), None, None)?;
            column.close()?;
        }
        if let Some(mut column) = rows.next_column()? {
            column.typed::<DoubleType>().write_batch(&readings(20), Some(&[1; 20]), None)?;
            column.close()?;
        }
        if let Some(mut column) = rows.next_column()? {
            let labels: Vec<ByteArray> =
                (0..20).map(|at| ["low", "high"][at / 10].into()).collect();
            column.typed::<ByteArrayType>().write_batch(&labels, None, None)?;
            column.close()?;
        }
        rows.close()?;
    }
    Ok(file.into_inner()?)
}

/// Reads all of these files, of these names: damage to what is not read finds nothing.
#[cfg(test)]
pub(crate) fn all_are_read(files: &[(&str, Vec<Vec<u8>>)]) {
    let folder = tempfile::tempdir().unwrap();
    for (name, files) in files {
        for (at, file) in files.iter().enumerate() {
            let path = folder.path().join(name);
            std::fs::write(&path, &file[2..]).unwrap();
            let (recordings, errors) = judder_data::load(&path).unwrap();
            assert!(!recordings.is_empty() && errors.is_empty(), "{name} {at}: {errors:?}");
            assert!(file.len() < 8_000, "{name} {at}: {}", file.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_good() {
        all_are_read(&[
            ("one.csv", forms()),
            ("one.npz", arrays()),
            ("one.wav", wav()),
            ("one.mat", matlab()),
            ("one.h5", hdf5()),
            ("one.tdms", tdms()),
            ("one.parquet", parquet()),
        ]);
        for table in intervals() {
            judder_data::Intervals::parse(std::str::from_utf8(&table).unwrap()).unwrap();
        }
    }
}
