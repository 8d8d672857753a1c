//! Libraries that stand between a program and the system, and a program that proves what they do.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{capture, run, works};
use crate::debian;

/// Has write-outs hang.
pub(super) const HANG: (&str, &str) = ("hang", include_str!("shims/hang.c"));
/// Writes down what a power cut would leave.
pub(super) const CUT: (&str, &str) = ("cut", include_str!("shims/cut.c"));
/// Has writes fail.
pub(super) const FAIL: (&str, &str) = ("fail", include_str!("shims/fail.c"));

/// Builds one of them, with the system's compiler, in a folder; where it is.
pub(super) fn build(folder: &Path, (name, text): (&str, &str)) -> Result<PathBuf> {
    if !works(Command::new("cc").arg("--version")) {
        debian::install(&["gcc", "libc6-dev"], "no cc, which builds what stands before the disk")?;
    }
    fs::create_dir_all(folder)?;
    let source = folder.join(format!("{name}.c"));
    fs::write(&source, text)?;
    let library = folder.join(format!("lib{name}.so"));
    let mut cc = Command::new("cc");
    cc.args(["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]);
    run(cc.args([&library, &source]).arg("-ldl"))?;
    Ok(library)
}

/// The word by which this program is one whose files are looked after.
pub(crate) const PROBE: &str = "attacks-probe";

/// What the probe writes, and more.
const OLD: &[u8] = b"old and on the disk\n";
const NEW: &[u8] = b"new\n";

/// What a probe is to do.
pub(super) fn probed(task: &str, folder: &Path) -> Command {
    // Not by its path: gates before this one may have built another program there.
    let mut probe = Command::new("/proc/self/exe");
    probe.arg(PROBE).arg(task).arg(folder);
    probe
}

/// Does what a task says in a folder.
pub(crate) fn probe(task: &str, folder: &Path) -> Result<()> {
    match task {
        "write" => write_a_hundred(folder),
        "cut" => write_and_write_out(folder),
        _ => bail!("{task} is no task"),
    }
}

/// Says how many of a hundred writes, write-outs and cuts went wrong, and what is in the file.
fn write_a_hundred(folder: &Path) -> Result<()> {
    let mut file = File::create(folder.join("file"))?;
    let mut wrong = [0; 3];
    for _ in 0..100 {
        file.seek(SeekFrom::Start(0))?;
        wrong[0] += u32::from(!file.write(NEW).is_ok_and(|count| count == NEW.len()));
        wrong[1] += u32::from(file.sync_data().is_err());
        wrong[2] += u32::from(file.set_len(NEW.len() as u64).is_err());
    }
    println!("{} {} {}", wrong[0], wrong[1], wrong[2]);
    Ok(())
}

/// Writes files of which some are on the disk and some are not, and is killed.
fn write_and_write_out(folder: &Path) -> Result<()> {
    let file = |name: &str| folder.join(name);
    let whole = |name: &str, bytes: &[u8]| -> Result<File> {
        let mut made = File::create(file(name))?;
        made.write_all(bytes)?;
        made.sync_all()?;
        Ok(made)
    };
    let mut kept: Vec<File> =
        ["kept", "longer", "shorter", "emptied", "removed", "renamed", "replaced"]
            .iter()
            .map(|name| whole(name, OLD))
            .collect::<Result<_>>()?;
    fs::create_dir(file("folder"))?;
    let mut unwritten = File::create(file("unwritten"))?;
    unwritten.write_all(NEW)?;
    let names = File::open(folder)?;
    names.sync_all()?;
    // From here on: what is asked to be on the disk, and what is not.
    kept[1].write_all(NEW)?;
    kept[1].sync_data()?;
    kept[1].write_all(NEW)?;
    kept[2].set_len(3)?;
    kept[2].sync_data()?;
    File::create(file("emptied"))?;
    fs::remove_file(file("removed"))?;
    fs::rename(file("renamed"), file("anew"))?;
    let mut beside = whole("beside", NEW)?;
    fs::rename(file("beside"), file("replaced"))?;
    beside.write_all(NEW)?;
    whole("nameless", OLD)?;
    whole("folder/inner", OLD)?;
    let me = std::process::id().to_string();
    run(Command::new("kill").args(["-KILL", &me]))
}

/// Proves that a library has so many of a hundred calls fail as it is told, in its folder and nowhere else.
pub(super) fn prove_failing(library: &Path, space: &Path) -> Result<()> {
    let (below, beside) = (space.join("below"), space.join("beside"));
    for folder in [&below, &beside] {
        fs::create_dir_all(folder)?;
    }
    let control = space.join("share");
    let count = |share: u32, folder: &Path| -> Result<Vec<u32>> {
        fs::write(&control, share.to_string())?;
        let mut probe = probed("write", folder);
        probe.env("LD_PRELOAD", library).env("JUDDER_FAIL", &control);
        probe.env("JUDDER_FAIL_BELOW", &below).env("JUDDER_FAIL_SEED", "1");
        let said = String::from_utf8(capture(&mut probe)?.stdout)?;
        said.split_whitespace().map(|count| Ok(count.parse()?)).collect()
    };
    let (none, all) = (count(0, &below)?, count(100, &below)?);
    let (half, elsewhere) = (count(50, &below)?, count(100, &beside)?);
    ensure!(none == [0; 3] && elsewhere == [0; 3], "calls fail that should not: {none:?}");
    ensure!(all == [100; 3], "of 300 calls that should fail do {all:?}");
    let near = half.iter().all(|count| (30..=70).contains(count)) && half.len() == 3;
    ensure!(near, "of 3 x 100 calls a half should fail, {half:?} do");
    println!("writes, write-outs and cuts fail as they are told: {half:?} of 100 each at 50 %");
    Ok(())
}

/// Proves that what is rebuilt after a probe is what was on the disk: by `rebuild`, from its journal.
pub(super) fn prove_cut(
    library: &Path,
    space: &Path,
    rebuild: impl Fn(&Path, &Path, &Path) -> Result<()>,
) -> Result<()> {
    let (folder, journal, after) =
        (space.join("probed"), space.join("probed.journal"), space.join("after"));
    fs::create_dir_all(&folder)?;
    let mut probe = probed("cut", &folder);
    let ended = capture(probe.env("LD_PRELOAD", library).env("JUDDER_JOURNAL", &journal))?;
    ensure!(!ended.status.success(), "the probe was not killed");
    rebuild(&folder, &journal, &after)?;
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in after.read_dir().context("what is rebuilt")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes =
            if path.is_dir() { path.read_dir()?.map(|_| b'?').collect() } else { fs::read(&path)? };
        found.push((name, bytes));
    }
    found.sort();
    let longer = [OLD, NEW].concat();
    let expected: [(&str, &[u8]); 9] = [
        ("emptied", OLD),
        ("folder", b""),
        ("kept", OLD),
        ("longer", &longer),
        ("removed", OLD),
        ("renamed", OLD),
        ("replaced", OLD),
        ("shorter", &OLD[..3]),
        ("unwritten", b""),
    ];
    let found: Vec<(&str, &[u8])> =
        found.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    ensure!(found == expected, "a power cut leaves\n{found:?}\nin place of\n{expected:?}");
    println!("what was not written out is gone: files, lengths, names and removals");
    Ok(())
}
