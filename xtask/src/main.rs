//! The one entry for every gate of the house: `cargo xtask test`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a build tool talks to its terminal")]

mod attacks;
mod bare_metal;
mod browser;
mod clocks;
mod command;
mod compilers;
mod debian;
mod device;
mod firmware;
mod gate;
mod gates;
mod house;
mod judge;
mod picture;
mod python;
mod readme;
mod serving;
mod supply_chain;
mod tools;

use std::process::ExitCode;

use gates::{BY_NAME, GATES};

const USAGE: &str = "\
usage: cargo xtask test [GATE..]   run all gates, or only those named, in order
       cargo xtask test tools      make the model files of other tools anew, with what PyPI has today (10 GB of disk while
                                   it runs), read them, and write the tables of docs/models.md
       cargo xtask list            name every gate
       cargo xtask picture         draw the README's picture of a terminal anew
       cargo xtask screenshots     take the README's pictures of pages anew, and pictures of all pages
       cargo xtask first-device    how soon the first device is on the page of a thousand (JUDDER_BEFORE: and another
                                   judder's)
       cargo xtask device          replay models on emulated chips, and write the table of docs/on-the-chip.md
       cargo xtask clocks PROGRAM  set the clock of a server, as the gate does, and say what another judder makes of it
       cargo xtask test attacks [--long] [--only PART,PART]
                                   attack a server; for long, with the counts and durations of docs/reliability.md,
                                   whose table it writes (JUDDER_BEFORE: another judder, for its last column)
       cargo xtask attacks PROGRAM [--long] [--only PART,PART]
                                   make the same attacks on another judder, and say what came of them
       cargo xtask judge [--machines DIR].. [--write]
                                   judge the default detector on the real fan and on machines with a tasks.json, beside
                                   two baselines (JUDDER_BEFORE: and another judder); --write: into docs/machines.md";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list"] => {
            for gate in GATES {
                println!("{:<14}{}", gate.name, gate.about);
            }
            for gate in BY_NAME {
                println!("{:<14}{} (only by name)", gate.name, gate.about);
            }
            ExitCode::SUCCESS
        }
        ["screenshots"] => {
            done(house::House::find().and_then(|house| browser::screenshots(&house)))
        }
        ["first-device"] => {
            done(house::House::find().and_then(|house| browser::first_device(&house)))
        }
        ["picture"] => done(house::House::find().and_then(|house| picture::draw(&house))),
        ["device"] => done(house::House::find().and_then(|house| device::write(&house))),
        ["judge", words @ ..] => {
            done(judge::Judged::of(words).and_then(|judged| judged.judge(&house::House::find()?)))
        }
        ["clocks", program] => {
            done(house::House::find().and_then(|house| clocks::measure(&house, program)))
        }
        [clocks::PROBE] => done(clocks::probe()),
        [attacks::PROBE, task, folder] => done(attacks::probe(task, folder.as_ref())),
        ["attacks", program, options @ ..] => done(attacks::choice(options).and_then(|choice| {
            attacks::measure(&house::House::find()?, program.as_ref(), &choice)
        })),
        ["test", words @ ..] => {
            let options = words.iter().position(|word| word.starts_with("--"));
            let (names, options) = words.split_at(options.unwrap_or(words.len()));
            match attacks::choice(options) {
                Ok(_) if options.is_empty() || names.is_empty() || names.contains(&"attacks") => {
                    test(names)
                }
                Ok(_) => wrong_usage("only the gate attacks has options"),
                Err(error) => wrong_usage(&format!("{error:#}")),
            }
        }
        _ => wrong_usage("no such task"),
    }
}

fn done(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn test(names: &[&str]) -> ExitCode {
    let known = |name: &str| GATES.iter().chain(BY_NAME).any(|gate| gate.name == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        return wrong_usage(&format!("no gate is named `{unknown}`; see `cargo xtask list`"));
    }
    let house = match house::House::find() {
        Ok(house) => house,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let chosen = GATES.iter().filter(|gate| names.is_empty() || names.contains(&gate.name));
    let chosen = chosen.chain(BY_NAME.iter().filter(|gate| names.contains(&gate.name)));
    if gate::run_all(chosen, &house) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn wrong_usage(why: &str) -> ExitCode {
    eprintln!("xtask: {why}\n{USAGE}");
    ExitCode::from(2)
}
