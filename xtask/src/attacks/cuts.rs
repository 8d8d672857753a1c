//! Power cuts: a folder is rebuilt as it is on the disk, each file as it was when it was last written out, each name as
//! when its folder was. What was acknowledged with `--durable` is there, once; without it only the newest may be gone.

mod journal;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::at::At;
use super::chance::Chance;
use super::loss::{Boards, Found, Keeper, Kept, READINGS};
use super::model;
use super::seen::{Seen, counted, grouped};
use super::shims::{self, CUT};
use journal::Disk;

const SEED: u64 = 44;
const BOARDS: usize = 12;
const PAUSE: Duration = Duration::from_millis(5);
/// How long a server lives, once it answers.
const LIVES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(1500));
/// The same without `--durable`, where the disk is given something every few seconds.
const LONG_LIVES: (Duration, Duration) =
    (Duration::from_millis(500), Duration::from_millis(12_000));

struct Campaign {
    what: &'static str,
    words: &'static [&'static str],
    kept: Kept,
    /// How often, and how often for long.
    cuts: (usize, usize),
}

const DURABLE: [Campaign; 3] = [
    Campaign {
        what: "`serve --durable`",
        words: &["--durable"],
        kept: Kept::Tables,
        cuts: (2, 40),
    },
    Campaign {
        what: "`serve --durable`, a session runs",
        words: &["--durable"],
        kept: Kept::Session,
        cuts: (1, 20),
    },
    Campaign {
        what: "`collect --durable`",
        words: &["--durable"],
        kept: Kept::Files,
        cuts: (1, 20),
    },
];
/// The same without it.
const NOT_DURABLE: (usize, usize) = (2, 20);

pub(super) fn attack(at: &At<'_>) -> Result<Seen> {
    let library = shims::build(at.space, CUT)?;
    shims::prove_cut(&library, at.space, |folder, journal, after| {
        // The folder was empty before.
        let mut disk = Disk::default();
        disk.follow(fs::read(journal)?)?;
        disk.rebuild(folder, after, None)
    })?;
    let model = model::train(at.program, at.space, READINGS)?;
    let mut seen = Seen::default();
    for (seed, campaign) in (SEED..).zip(&DURABLE) {
        let cuts = if at.long { campaign.cuts.1 } else { campaign.cuts.0 };
        let room = at.space.join(format!("cuts-{seed}"));
        let keeper = Keeper::new(at.program, &model, room, campaign.words, campaign.kept)?;
        let (mut boards, mut chance) = (Boards::new(BOARDS, PAUSE, at.starts), Chance::new(seed));
        for cut in 0..cuts {
            let life = chance.between(LIVES.0, LIVES.1);
            let more = (cut % 2 == 1).then_some(&mut chance);
            live(&keeper, &library, &mut boards, life, more)?;
        }
        let tally = keeper.look(&boards)?;
        let what = format!("{}: {cuts} power cuts", campaign.what);
        seen.fault(tally.acknowledged < cuts, || {
            format!("{what}: {} acknowledged are too few", tally.acknowledged)
        });
        seen.faults.extend(tally.faults(&what));
        let counted = counted(tally.acknowledged, tally.lost.len(), tally.twice);
        seen.row(what, "0 lost, 0 twice", counted);
    }
    seen.add(not_durable(at, &model, &library)?);
    Ok(seen)
}

/// Without `--durable`: what is gone is the newest, the history is whole, and nothing is there twice.
fn not_durable(at: &At<'_>, model: &Path, library: &Path) -> Result<Seen> {
    let cuts = if at.long { NOT_DURABLE.1 } else { NOT_DURABLE.0 };
    let keeper = Keeper::new(at.program, model, at.space.join("cuts"), &[], Kept::Tables)?;
    let mut boards = Boards::new(BOARDS, PAUSE, at.starts);
    let mut chance = Chance::new(SEED - 1);
    let mut seen = Seen::default();
    let what = format!("`serve`: {cuts} power cuts");
    // Its folder is there, and on the disk.
    keeper.start(&[])?.end()?;
    let (mut acknowledged, mut gone, mut most, mut older, mut twice) = (0, 0, 0, 0, 0);
    for _ in 0..cuts {
        let before = boards.acknowledged();
        let life = chance.between(LONG_LIVES.0, LONG_LIVES.1);
        live(&keeper, library, &mut boards, life, None)?;
        acknowledged += boards.acknowledged() - before;
        keeper.start(&[])?.end()?;
        let found = Found::in_tables(&keeper.folder().join("history.db"))?;
        let tally = found.judge(&boards);
        older += found.gaps(&tally.lost);
        (gone, most) = (gone + tally.lost.len(), most.max(tally.lost.len()));
        twice = tally.twice;
        for fault in tally.wrong {
            seen.faults.push(format!("{what}: {fault}"));
        }
        boards.let_go(&tally.lost);
    }
    seen.fault(older > 0, || format!("{what}: {older} are gone that are not the newest"));
    seen.fault(twice > 0, || format!("{what}: {twice} are there twice"));
    seen.row(
        what,
        "the newest may be gone, the history is whole, 0 twice",
        format!(
            "{} acknowledged, {} of the newest gone ({} at most at a cut), {older} others, {twice} twice; `integrity_check` ok",
            grouped(acknowledged),
            grouped(gone),
            grouped(most),
        ),
    );
    Ok(seen)
}

/// Starts a server, has boards post, kills it, and leaves its folder as a power cut would have; with `more` some of
/// what was not written out is there as well.
fn live(
    keeper: &Keeper<'_>,
    library: &Path,
    boards: &mut Boards,
    life: Duration,
    more: Option<&mut Chance>,
) -> Result<()> {
    let (disk, rebuilt) = (keeper.room.join("disk"), keeper.room.join("rebuilt"));
    let journal = keeper.room.join("journal");
    let mut before = Disk::of(&disk)?;
    let served = keeper.start(&[("LD_PRELOAD", library), ("JUDDER_JOURNAL", &journal)])?;
    boards.until_killed(served, life, true)?;
    let done = fs::read(&journal)?;
    ensure!(!done.is_empty(), "nothing was written down");
    before.follow(done)?;
    before.rebuild(&disk, &rebuilt, more)?;
    fs::remove_dir_all(&disk)?;
    fs::rename(&rebuilt, &disk)?;
    fs::remove_file(&journal)?;
    Ok(())
}
