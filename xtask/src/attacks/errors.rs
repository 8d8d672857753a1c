//! Disks that fail: of writes, write-outs and cuts so many of a hundred, and kills between.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::at::At;
use super::chance::Chance;
use super::loss::{Boards, Keeper, Kept, READINGS};
use super::model;
use super::seen::{Seen, counted};
use super::served::Served;
use super::shims::{self, FAIL};

const SEED: u64 = 5;
const BOARDS: usize = 12;
const PAUSE: Duration = Duration::from_millis(3);
const LIVES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(2500));
/// So many have to be acknowledged for it to say something.
const FEW: usize = 50;
const SECONDS: (u64, u64) = (8, 30);
/// How many of a hundred fail.
const SHARES: [u64; 5] = [5, 10, 20, 35, 50];

struct Campaign {
    what: &'static str,
    words: &'static [&'static str],
    kept: Kept,
}

/// The first two are made each time.
const CAMPAIGNS: [Campaign; 4] = [
    Campaign { what: "`serve`", words: &[], kept: Kept::Tables },
    Campaign { what: "`collect --durable`", words: &["--durable"], kept: Kept::Files },
    Campaign { what: "`serve --durable`", words: &["--durable"], kept: Kept::Tables },
    Campaign { what: "`collect`", words: &[], kept: Kept::Files },
];
const COUNT: (usize, usize) = (2, 10);

pub(super) fn attack(at: &At<'_>) -> Result<Seen> {
    let library = shims::build(at.space, FAIL)?;
    shims::prove_failing(&library, at.space)?;
    let model = model::train(at.program, at.space, READINGS)?;
    let (count, seconds) = if at.long { (COUNT.1, SECONDS.1) } else { (COUNT.0, SECONDS.0) };
    let mut seen = Seen::default();
    for number in 0..count {
        let campaign = &CAMPAIGNS[number % CAMPAIGNS.len()];
        let (seed, room) = (SEED + number as u64, at.space.join(format!("errors-{number}")));
        let keeper = Keeper::new(at.program, &model, room, campaign.words, campaign.kept)?;
        let mut failing = Failing::new(&keeper, &library, seed);
        let mut boards = Boards::new(BOARDS, PAUSE, at.starts);
        let (began, long) = (Instant::now(), Duration::from_secs(seconds));
        // Longer where others have the machine.
        let too_few = |boards: &Boards| boards.acknowledged() < FEW && began.elapsed() < 10 * long;
        while began.elapsed() < long || too_few(&boards) {
            let served = failing.start()?;
            failing.share()?;
            let life = failing.chance.between(LIVES.0, LIVES.1);
            boards.until_killed(served, life, false)?;
        }
        let tally = keeper.look(&boards)?;
        let what = format!(
            "{}, no. {}: of writes, write-outs and cuts 5 to 50 % fail for {seconds} s, and kills",
            campaign.what,
            number + 1
        );
        seen.fault(tally.acknowledged < FEW, || {
            format!("{what}: {} acknowledged are too few", tally.acknowledged)
        });
        seen.faults.extend(tally.faults(&what));
        let counted = counted(tally.acknowledged, tally.lost.len(), tally.twice);
        let Failing { starts, refused, .. } = failing;
        let refused = format!("killed {starts} times, {refused} more starts refused");
        seen.row(what, "0 lost, 0 twice", format!("{counted}; {refused}"));
    }
    Ok(seen)
}

/// A server whose disk fails.
struct Failing<'a> {
    keeper: &'a Keeper<'a>,
    library: &'a Path,
    chance: Chance,
    starts: u64,
    /// Starts at which it did not come up, since its disk failed.
    refused: u64,
}

impl<'a> Failing<'a> {
    fn new(keeper: &'a Keeper<'a>, library: &'a Path, seed: u64) -> Self {
        Self { keeper, library, chance: Chance::new(seed), starts: 0, refused: 0 }
    }

    fn set(&self, share: u64) -> Result<()> {
        // Whole, or as it was.
        let (file, beside) = (self.keeper.room.join("share"), self.keeper.room.join("share.new"));
        fs::write(&beside, share.to_string())?;
        Ok(fs::rename(beside, file)?)
    }

    /// Some of a hundred fail from here on.
    fn share(&mut self) -> Result<()> {
        let drawn = self.chance.below(SHARES.len() as u64);
        self.set(SHARES[drawn as usize])
    }

    /// Starts it, half of the times on a disk that fails at once.
    fn start(&mut self) -> Result<Served> {
        self.starts += 1;
        let at_once = self.chance.half();
        if at_once {
            self.share()?;
        } else {
            self.set(0)?;
        }
        let (share, below) = (self.keeper.room.join("share"), self.keeper.room.join("disk"));
        let seed = self.chance.below(1 << 32).to_string();
        let variables: [(&str, &Path); 4] = [
            ("LD_PRELOAD", self.library),
            ("JUDDER_FAIL", &share),
            ("JUDDER_FAIL_BELOW", &below),
            ("JUDDER_FAIL_SEED", Path::new(&seed)),
        ];
        match self.keeper.start(&variables) {
            Err(_) if at_once => {
                self.refused += 1;
                self.set(0)?;
                self.keeper.start(&variables)
            }
            started => started,
        }
    }
}
