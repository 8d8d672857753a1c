//! The table of how good the default detector is on the real fan.

use anyhow::Result;

use crate::command::run;
use crate::house::House;

/// Runs the tests that judge, in release, and shows what they print.
pub(crate) fn judge(house: &House) -> Result<()> {
    let package = ["test", "--release", "--package", "judder-train", "--test", "real_fan"];
    for tests in ["judging", "false_alarms"] {
        let mut cargo = house.cargo(package);
        run(cargo.args([tests, "--", "--nocapture", "--test-threads", "1"]))?;
    }
    Ok(())
}
