//! Whatever is kept, damaged and opened again in whatever order: nothing is lost, nothing doubled.

use std::collections::{BTreeMap, HashSet};
use std::fs;

use judder_data::{Kept, SIDECAR};
use proptest::prelude::*;

use crate::desk::{Desk, keep, read, recording};

#[derive(Debug, Clone)]
enum Step {
    /// The sequence number that one of three devices sends.
    Keep(usize, u64),
    /// The process ends, and one like it begins.
    Reopen,
    /// It ends, and of the list this share is left.
    Truncate(f64),
    /// It ends, and one of the files is removed.
    Remove(usize),
    /// Another program adds a file with a number this much above the next, or with a name of its own.
    Foreign(Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0usize..3, 0u64..12).prop_map(|(device, sequence)| Step::Keep(device, sequence)),
        1 => Just(Step::Reopen),
        1 => (0.5f64..1.0).prop_map(Step::Truncate),
        1 => any::<usize>().prop_map(Step::Remove),
        1 => prop::option::of(0usize..3).prop_map(Step::Foreign),
    ]
}

/// What has to be in the folder.
#[derive(Default)]
struct Model {
    /// The files that were kept, by number, and what they hold.
    files: BTreeMap<usize, u64>,
    /// Those that have a line, by device and sequence number.
    known: BTreeMap<(usize, u64), usize>,
    /// The numbers in the order of their lines.
    order: Vec<usize>,
    foreign: BTreeMap<String, usize>,
}

impl Model {
    /// What is left of it when only so many lines are.
    fn keep_lines(&mut self, lines: usize) {
        self.order.truncate(lines);
        let left: HashSet<_> = self.order.iter().collect();
        self.known.retain(|_, number| left.contains(number));
    }

    fn remove(&mut self, number: usize) {
        self.files.remove(&number);
        self.order.retain(|&other| other != number);
        self.known.retain(|_, other| *other != number);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_is_lost_and_nothing_doubled(steps in prop::collection::vec(step(), 1..60)) {
        let desk = Desk::new();
        let mut collection = desk.open();
        let mut model = Model::default();
        for (at, step) in steps.into_iter().enumerate() {
            match step {
                Step::Keep(device, sequence) => {
                    let name = ["a", "b", "board \"c\""][device];
                    let kept = keep(&mut collection, name, sequence).unwrap();
                    match model.known.get(&(device, sequence)) {
                        Some(&number) => prop_assert_eq!(kept, Kept::Known(number)),
                        None => {
                            let Kept::New(number) = kept else { panic!("{kept:?}") };
                            prop_assert!(model.files.insert(number, sequence).is_none());
                            model.known.insert((device, sequence), number);
                            model.order.push(number);
                        }
                    }
                }
                Step::Foreign(above) => {
                    let name = match above {
                        Some(above) => format!("{:04}.csv", collection.next_number() + above),
                        None => format!("notes {at}.csv"),
                    };
                    desk.write(&name, &at.to_string());
                    model.foreign.insert(name, at);
                }
                Step::Reopen | Step::Truncate(_) | Step::Remove(_) => {
                    drop(collection);
                    let list = desk.read(SIDECAR);
                    if let Step::Truncate(share) = step {
                        let end = (list.len() as f64 * share) as usize;
                        desk.write(SIDECAR, &list[..end]);
                        // A line is whole without its end, too.
                        let lines = (0..=list.len()).filter(|&to| {
                            list[..to].ends_with('\n') && to <= end + 1
                        });
                        model.keep_lines(lines.count());
                    }
                    if let Step::Remove(any) = step && !model.files.is_empty() {
                        let number = *model.files.keys().nth(any % model.files.len()).unwrap();
                        fs::remove_file(desk.path(&format!("{number:04}.csv"))).unwrap();
                        model.remove(number);
                    }
                    collection = desk.open();
                }
            }
            let mut names: Vec<_> = model.foreign.keys().cloned().collect();
            names.extend(model.files.keys().map(|number| format!("{number:04}.csv")));
            names.push(SIDECAR.to_owned());
            names.sort();
            prop_assert_eq!(desk.names(), names);
            prop_assert_eq!(desk.lines().len(), model.order.len());
        }
        for (number, sequence) in &model.files {
            prop_assert_eq!(read(&desk.path(&format!("{number:04}.csv"))), recording(*sequence));
        }
        for (name, at) in &model.foreign {
            prop_assert_eq!(desk.read(name), at.to_string());
        }
    }
}
