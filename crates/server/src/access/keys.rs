//! The keys of boards.

use std::collections::BTreeMap;

use super::secret::Secret;

/// The keys of boards, each of one device.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    of: BTreeMap<String, Secret>,
    required: bool,
}

impl Keys {
    /// Of each device its key. `required`: devices without one are refused.
    pub fn new(of: BTreeMap<String, Secret>, required: bool) -> Self {
        Self { of, required }
    }

    /// Whether devices without a key are refused.
    pub fn required(&self) -> bool {
        self.required
    }

    pub(super) fn get(&self, device: &str) -> Option<&Secret> {
        self.of.get(device)
    }

    /// The device whose key this is. All are compared, whichever is right.
    pub(super) fn owner(&self, key: &[u8]) -> Option<&str> {
        let mut found = None;
        for (device, secret) in &self.of {
            if secret.matches(key) {
                found = Some(device.as_str());
            }
        }
        found
    }
}
