//! Servers that are killed at any moment while boards post, and started again: what is acknowledged is kept, once.

use std::time::Duration;

use anyhow::Result;

use super::at::At;
use super::chance::Chance;
use super::loss::{Boards, Keeper, Kept, READINGS};
use super::model;
use super::seen::{Seen, counted, grouped};

/// Where the moments come from.
const SEED: u64 = 17;
const BOARDS: usize = 12;
/// Between two recordings of a board.
const PAUSE: Duration = Duration::from_millis(3);
/// How long a server lives, once it answers.
const LIVES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(900));
/// Where rows are taken away after 3 s, some lives are longer.
const LONG_LIFE: Duration = Duration::from_millis(4000);

struct Campaign {
    what: &'static str,
    words: &'static [&'static str],
    kept: Kept,
    /// How often it is killed, and how often for long.
    kills: (usize, usize),
}

const CAMPAIGNS: [Campaign; 6] = [
    Campaign { what: "`serve`", words: &[], kept: Kept::Tables, kills: (2, 60) },
    Campaign {
        what: "`serve --durable`",
        words: &["--durable"],
        kept: Kept::Tables,
        kills: (2, 60),
    },
    Campaign { what: "`serve`, a session runs", words: &[], kept: Kept::Session, kills: (2, 60) },
    Campaign { what: "`collect`", words: &[], kept: Kept::Files, kills: (2, 50) },
    Campaign {
        what: "`serve --keep-readings 3s`",
        words: &["--keep-readings", "3 s"],
        kept: Kept::Pruned,
        kills: (2, 30),
    },
    Campaign {
        what: "`serve --keep-bytes 2MB --keep-readings 3s`",
        words: &["--keep-bytes", "2 MB", "--keep-readings", "3 s"],
        kept: Kept::Pruned,
        kills: (2, 40),
    },
];

pub(super) fn attack(at: &At<'_>) -> Result<Seen> {
    let model = model::train(at.program, at.space, READINGS)?;
    let mut seen = Seen::default();
    for (seed, campaign) in (SEED..).zip(&CAMPAIGNS) {
        let kills = if at.long { campaign.kills.1 } else { campaign.kills.0 };
        let room = at.space.join(format!("kills-{seed}"));
        let keeper = Keeper::new(at.program, &model, room, campaign.words, campaign.kept)?;
        let mut chance = Chance::new(seed);
        let mut boards = Boards::new(BOARDS, PAUSE, at.starts);
        for kill in 0..kills {
            let mut life = chance.between(LIVES.0, LIVES.1);
            if campaign.kept == Kept::Pruned && (kill == 0 || chance.below(4) == 0) {
                life = LONG_LIFE;
            }
            let served = keeper.start(&[])?;
            boards.until_killed(served, life, kill % 2 == 0)?;
        }
        let tally = keeper.look(&boards)?;
        let what = format!("{}, {BOARDS} boards: killed {kills} times", campaign.what);
        seen.fault(tally.acknowledged < kills, || {
            format!("{what}: {} acknowledged are too few", tally.acknowledged)
        });
        seen.faults.extend(tally.faults(&what));
        let mut words = counted(tally.acknowledged, tally.lost.len(), tally.twice);
        let mut promised = "0 lost, 0 twice";
        if campaign.kept == Kept::Pruned {
            let gone = tally.acknowledged.saturating_sub(tally.whole);
            seen.fault(at.long && gone == 0, || format!("{what}: nothing is taken away"));
            words += &format!("; the readings of {} taken away", grouped(gone));
            promised = "0 lost but the oldest, 0 twice, each counted";
        }
        seen.row(what, promised, words);
    }
    Ok(seen)
}
