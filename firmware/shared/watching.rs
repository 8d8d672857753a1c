//! Whether the machine is strange: by the model, or by what was learnt here. A part of each image, as the
//! sizes are those of its model.

use judder_board::{Own, Said, tag};
use judder_core::{FeatureSet, Learning, Plan, Verdict, baseline_len, learning_len};

use crate::flash::{Flash, Kept};
use crate::model::{AXES, FEATURES, HOP, NAMES, WINDOW, Watcher};
use crate::println;

/// Windows that are learnt from, windows more for a threshold, and how many of those may be above it.
const PLAN: Plan = match Plan::new(200, 400, 0.01) {
    Ok(plan) => plan,
    Err(_) => panic!("these are a plan"),
};

const MEMORY: usize = learning_len(FEATURES, PLAN.kept());

/// What was learnt belongs to these features and windows only.
const TAG: u32 = tag(NAMES, [AXES, WINDOW, HOP]);

pub struct Watching {
    watcher: Watcher,
    own: Own<[f32; MEMORY]>,
    alarm: bool,
}

impl Watching {
    /// `None` where a constant of the model was changed to what it cannot be.
    pub fn new() -> Option<Self> {
        let set: FeatureSet = NAMES.parse().ok()?;
        let learning = Learning::new([0.0; MEMORY], set, AXES, PLAN).ok()?;
        Some(Self { watcher: Watcher::new().ok()?, own: Own::new(learning), alarm: false })
    }

    /// Takes a reading in g, and says whether there is an alarm.
    pub fn push(&mut self, reading: [f32; AXES], flash: &mut Flash) -> bool {
        if self.own.counts() {
            match self
                .watcher
                .push_for_features(&reading)
                .map(|row| row.map(|row| self.own.next(row)))
            {
                Ok(None) => {}
                Ok(Some(Ok(Said::Learning))) => self.alarm = false,
                Ok(Some(Ok(Said::Learnt))) => self.save(flash),
                Ok(Some(Ok(Said::Judged { score, alarm }))) => self.say(score, alarm),
                Ok(Some(Err(error))) | Err(error) => {
                    println!("this window counts for nothing: {error}")
                }
            }
        } else {
            match self.watcher.push(&reading) {
                Ok(None) => {}
                Ok(Some(watched)) => match watched.verdict {
                    Verdict::Normal | Verdict::Anomaly => {
                        self.say(watched.decision.unwrap_or(0.0), watched.alarm);
                    }
                    verdict => {
                        println!("not judged: {verdict:?}");
                        self.alarm = watched.alarm;
                    }
                },
                Err(error) => println!("this window cannot be judged: {error}"),
            }
        }
        self.alarm
    }

    fn say(&mut self, score: f32, alarm: bool) {
        println!("{score}{}", if alarm { " alarm" } else { "" });
        self.alarm = alarm;
    }

    /// The readings so far and the next do not follow each other.
    pub fn gap(&mut self) {
        self.watcher.gap();
    }

    /// Learns anew what is normal, from now on.
    pub fn learn(&mut self) {
        println!("learning");
        self.own.learn();
        self.alarm = false;
        self.gap();
    }

    /// Goes by the model again, also after a restart.
    pub fn forget(&mut self, flash: &mut Flash) {
        self.own.forget();
        self.alarm = false;
        self.gap();
        flash.write(Kept::Baseline, &[0; BYTES]);
    }

    /// Takes over what was learnt before.
    pub fn load(&mut self, flash: &mut Flash) {
        let mut bytes = [0; BYTES];
        if flash.read(Kept::Baseline, &mut bytes)
            && let Some(bytes) = bytes.get(..baseline_len::<f32>(FEATURES))
        {
            self.own.load(TAG, bytes);
        }
    }

    fn save(&mut self, flash: &mut Flash) {
        let mut bytes = [0; BYTES];
        let written = self.own.learning.baseline().map(|one| one.write(TAG, &mut bytes).is_ok());
        if written == Some(true) && flash.write(Kept::Baseline, &bytes) {
            println!("learnt, and kept");
        } else {
            println!("learnt; it is lost at a restart");
        }
    }
}

/// Flash is written in words.
const BYTES: usize = baseline_len::<f32>(FEATURES).next_multiple_of(4);
