use std::io::Write;

use super::*;
use crate::decode::testing::{all, damaged};

/// A chunk, with the byte after it where its length is odd.
fn chunk(name: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let mut chunk = [name, &(bytes.len() as u32).to_le_bytes()[..], bytes].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

fn format_chunk(coding: u16, channels: u16, rate: u32, bytes: u16, bits: u16) -> Vec<u8> {
    let frame = channels * bytes;
    let mut of = Vec::new();
    of.extend(coding.to_le_bytes());
    of.extend(channels.to_le_bytes());
    of.extend(rate.to_le_bytes());
    of.extend((rate * u32::from(frame)).to_le_bytes());
    of.extend(frame.to_le_bytes());
    of.extend(bits.to_le_bytes());
    chunk(b"fmt ", &of)
}

fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    let length = (body.len() as u32 + 4).to_le_bytes();
    [b"RIFF", &length[..], b"WAVE", &body].concat()
}

fn read(bytes: &[u8]) -> Result<(Head, Vec<Vec<f64>>), Problem> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut tables = open(file.path())?;
    let table = tables.next()?.unwrap();
    all(table)
}

fn columns(bytes: &[u8]) -> Vec<Vec<f64>> {
    read(bytes).unwrap().1
}

fn reason(bytes: &[u8]) -> String {
    read(bytes).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn channels_of_integers_are_parts_of_full_scale() {
    let sixteen = [1i16, -2, 16384, i16::MIN].map(i16::to_le_bytes).concat();
    let file = wav(&[format_chunk(1, 2, 8000, 2, 16), chunk(b"data", &sixteen)]);
    assert!(is(&file));
    let (head, columns) = read(&file).unwrap();
    assert_eq!(head.rate_hz, Some(8000.0));
    assert!(head.is_normalized);
    assert_eq!(columns, [[1.0 / 32768.0, 0.5], [-2.0 / 32768.0, -1.0]]);

    let file = wav(&[format_chunk(1, 1, 1, 1, 8), chunk(b"data", &[0, 128, 255])]);
    assert_eq!(columns_of(&file), [-1.0, 0.0, 127.0 / 128.0]);
    let file = wav(&[format_chunk(1, 1, 1, 3, 24), chunk(b"data", &[1, 0, 0, 0, 0, 0x80])]);
    assert_eq!(columns_of(&file), [2f64.powi(-23), -1.0]);
    let file = wav(&[format_chunk(1, 1, 1, 4, 32), chunk(b"data", &i32::MIN.to_le_bytes())]);
    assert_eq!(columns_of(&file), [-1.0]);
}

fn columns_of(bytes: &[u8]) -> Vec<f64> {
    columns(bytes).concat()
}

#[test]
fn samples_of_fewer_bits_than_their_bytes_are_the_upper_ones() {
    let file = wav(&[format_chunk(1, 1, 1, 4, 24), chunk(b"data", &(1i32 << 8).to_le_bytes())]);
    assert_eq!(columns_of(&file), [2f64.powi(-23)]);
    let file = wav(&[format_chunk(1, 1, 1, 2, 12), chunk(b"data", &(-16i16).to_le_bytes())]);
    assert_eq!(columns_of(&file), [-(2f64.powi(-11))]);
}

#[test]
fn floats_stay_as_they_are() {
    let file = wav(&[format_chunk(3, 1, 1, 4, 32), chunk(b"data", &2.5f32.to_le_bytes())]);
    assert_eq!(columns_of(&file), [2.5]);
    let file = wav(&[format_chunk(3, 1, 1, 8, 64), chunk(b"data", &(-0.1f64).to_le_bytes())]);
    assert_eq!(columns_of(&file), [-0.1]);
}

#[test]
fn chunks_of_odd_length_and_unknown_ones_are_passed_over() {
    let other = chunk(b"LIST", b"odd");
    let data = chunk(b"data", &[0, 64]);
    let file = wav(&[other.clone(), format_chunk(1, 1, 1, 2, 16), other.clone(), data, other]);
    assert_eq!(columns_of(&file), [0.5]);
}

#[test]
fn data_of_no_known_length_go_to_the_end_of_the_file() {
    for length in [0u32, u32::MAX, 1 << 20] {
        let mut data = chunk(b"data", &[0, 64, 0, 0xc0, 7]);
        data[4..8].copy_from_slice(&length.to_le_bytes());
        data.truncate(13);
        let file = wav(&[format_chunk(1, 1, 1, 2, 16), data]);
        assert_eq!(columns_of(&file), [0.5, -0.5], "{length}");
    }
    let list = chunk(b"LIST", b"INFO");
    let file = wav(&[format_chunk(1, 1, 1, 2, 16), chunk(b"data", &[]), list]);
    assert!(columns_of(&file).is_empty());
}

#[test]
fn a_long_file_says_its_length_in_another_chunk() {
    let sizes = [100u64.to_le_bytes(), 2u64.to_le_bytes(), 1u64.to_le_bytes()].concat();
    let mut data = chunk(b"data", &[0, 64, 0, 64]);
    data[4..8].fill(0xff);
    let mut file = wav(&[chunk(b"ds64", &sizes), format_chunk(1, 1, 1, 2, 16), data]);
    file[..4].copy_from_slice(b"RF64");
    assert!(is(&file));
    assert_eq!(columns_of(&file), [0.5]);
}

#[test]
fn big_endian_files_are_read() {
    let mut file =
        b"RIFX\0\0\0\x2aWAVEfmt \0\0\0\x10\0\x01\0\x01\0\x01\0\0\0\0\0\0\0\x02\0\x10data".to_vec();
    file.extend([0, 0, 0, 2, 0x40, 0]);
    let (head, columns) = read(&file).unwrap();
    assert_eq!((head.rate_hz, columns), (Some(65536.0), vec![vec![0.5]]));
}

#[test]
fn the_long_form_of_the_format_is_read() {
    let mut format = format_chunk(0xfffe, 1, 1, 4, 32);
    let mut tail = vec![22, 0, 24, 0, 0, 0, 0, 0, 1, 0];
    tail.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
    format.extend(tail);
    format[4] = 40;
    let file = wav(&[format, chunk(b"data", &(1i32 << 30).to_le_bytes())]);
    assert_eq!(columns_of(&file), [0.5]);
}

#[test]
fn other_codings_are_named() {
    for (coding, name) in
        [(2, "ADPCM"), (6, "A-law"), (7, "µ-law"), (0x11, "ADPCM"), (99, "0x0063")]
    {
        let file = wav(&[format_chunk(coding, 1, 1, 1, 8), chunk(b"data", &[0])]);
        assert!(reason(&file).contains(name), "{}", reason(&file));
    }
    assert!(reason(&wav(&[chunk(b"data", &[0])])).contains("no format chunk"));
    assert!(reason(&wav(&[format_chunk(1, 1, 1, 2, 16)])).contains("no data chunk"));
    assert!(reason(&wav(&[format_chunk(1, 0, 1, 2, 16)])).contains("0 channels"));
}

#[test]
fn kept_channels_come_in_their_order_over_many_blocks() {
    let samples: Vec<u8> = (0..3 * 70_000).flat_map(|i| (i as i16).to_le_bytes()).collect();
    let bytes = wav(&[format_chunk(1, 3, 1, 2, 16), chunk(b"data", &samples)]);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let mut table = open(file.path()).unwrap().next().unwrap().unwrap();
    table.keep(&[2, 0]);
    let (mut done, mut read) = (0, 0);
    while let Some(block) = table.next() {
        let block = block.unwrap();
        let at = |i: usize| f64::from((3 * (done + i)) as i16) / 32768.0;
        assert!((0..block.len()).all(|i| block.axis(1)[i] == at(i)));
        assert_eq!(block.axis(0)[0], f64::from((3 * done + 2) as i16) / 32768.0);
        done += block.len();
        assert!(table.read() > read);
        read = table.read();
    }
    assert_eq!((done, read), (70_000, bytes.len() as u64));
}

#[test]
fn damaged_files_are_read_or_refused() {
    let data = chunk(b"data", &[1; 40]);
    let list = chunk(b"LIST", b"odd");
    damaged(&wav(&[list.clone(), format_chunk(1, 2, 8000, 2, 16), data, list]), open);
}
