//! Every gate, in the order in which they run: quick ones that fail often come first.

use anyhow::Result;

use crate::command::{run, works};
use crate::gate::{Done, Gate, Missing};
use crate::house::House;
use crate::{
    attacks, bare_metal, browser, clocks, compilers, device, firmware, picture, python, readme,
    supply_chain, tools,
};

pub(crate) const GATES: &[Gate] = &[
    Gate { name: "format", about: "rustfmt agrees with every file", run: format },
    Gate { name: "lints", about: "clippy and rustc have no warning", run: lints },
    Gate { name: "tests", about: "unit, property, CLI and real-data tests", run: tests },
    Gate { name: "docs", about: "the docs build without a warning, their examples run", run: docs },
    Gate { name: "picture", about: "the README's picture is what is printed", run: picture::gate },
    Gate { name: "readme", about: "the commands of the documents work", run: readme::gate },
    Gate { name: "browser", about: "the pages work in a real browser", run: browser::gate },
    Gate {
        name: "clocks",
        about: "a clock that is set alarms nobody, hides nothing and deletes nothing",
        run: clocks::gate,
    },
    Gate {
        name: "attacks",
        about: "what is acknowledged is kept, nobody is let in, memory is bounded, whatever is done to a server",
        run: attacks::gate,
    },
    Gate {
        name: "architecture",
        about: "the crates know only whom ARCHITECTURE.md lets them; the tree is tidy",
        run: architecture,
    },
    Gate {
        name: "bare-metal",
        about: "judder-core builds for microcontrollers and cannot panic there",
        run: bare_metal::gate,
    },
    Gate {
        name: "device",
        about: "models say on emulated chips, in Rust and in C, what judder says here",
        run: device::gate,
    },
    Gate {
        name: "firmware",
        about: "what boards share works on the host; their images link with a model of today",
        run: firmware::gate,
    },
    Gate {
        name: "supply-chain",
        about: "licences, bans and sources of dependencies; none unused",
        run: supply_chain::gate,
    },
];

/// Gates that run only where they are named: they ask what others have released since.
pub(crate) const BY_NAME: &[Gate] = &[Gate {
    name: "tools",
    about: "today's Keras, TensorFlow, PyTorch, scikit-learn and LiteRT write models that judder reads",
    run: tools::gate,
}];

fn format(house: &House) -> Result<Done> {
    component(house, "fmt", "rustfmt")?;
    run(&mut house.cargo(["fmt", "--check"]))?;
    for manifest in house.firmware()? {
        run(house.cargo(["fmt", "--check", "--manifest-path"]).arg(manifest))?;
    }
    Ok(Done::Whole)
}

fn lints(house: &House) -> Result<Done> {
    component(house, "clippy", "clippy")?;
    run(&mut house.cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Done::Whole)
}

/// The development profile: its overflow checks and debug assertions are half of the point.
fn tests(house: &House) -> Result<Done> {
    // Doc tests are left to the gate of that name.
    let mut cargo = house.cargo(["test", "--workspace", "--all-targets"]);
    let mut lacking = Vec::new();
    match house.recordings()? {
        Some(folder) => {
            println!("real recordings: {}", folder.display());
            cargo.env("JUDDER_DATA", folder);
        }
        None => {
            lacking.push("the real recordings, not at $JUDDER_DATA nor ../shared/data".to_owned())
        }
    }
    match python::with_runtimes(house) {
        Ok(python) => {
            cargo.env("JUDDER_PYTHON", python);
        }
        Err(error) => lacking.push(error.downcast::<Missing>()?.0),
    }
    match python::with_formats(house) {
        Ok(python) => {
            cargo.env("JUDDER_FORMATS_PYTHON", python);
        }
        Err(error) => lacking.push(error.downcast::<Missing>()?.0),
    }
    match compilers::ensure() {
        Ok(()) => {
            cargo.env("JUDDER_COMPILERS", compilers::NAMES);
        }
        Err(error) => lacking.push(error.downcast::<Missing>()?.0),
    }
    for what in &lacking {
        println!("lacking: {what}");
    }
    run(&mut cargo)?;
    Ok(if lacking.is_empty() { Done::Whole } else { Done::Partly(lacking.join("; ")) })
}

fn docs(house: &House) -> Result<Done> {
    run(house.cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    run(&mut house.cargo(["test", "--workspace", "--doc"]))?;
    Ok(Done::Whole)
}

fn architecture(house: &House) -> Result<Done> {
    run(&mut house.cargo(["test", "--package", "xtask", "--test", "architecture"]))?;
    Ok(Done::Whole)
}

/// Brings a cargo subcommand of rustup's that a minimal toolchain is without.
fn component(house: &House, subcommand: &str, component: &str) -> Result<()> {
    let there = || works(&mut house.cargo([subcommand, "--version"]));
    let rustup =
        || works(std::process::Command::new("rustup").args(["component", "add", component]));
    if there() || rustup() && there() {
        return Ok(());
    }
    Err(Missing(format!("no `cargo {subcommand}`, and `rustup component add {component}` fails"))
        .into())
}
