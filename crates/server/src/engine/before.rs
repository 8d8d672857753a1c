//! Devices as they were before a batch, to go back to where it cannot be kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::changes::Mark;
use super::device::Device;

/// Devices as they were before a batch.
#[derive(Debug)]
pub(super) struct Before {
    mark: Mark,
    /// In order; of a device that is here twice, the first is what it was.
    devices: Vec<(Arc<str>, Option<Device>)>,
}

impl Before {
    /// A batch begins at this mark.
    pub(super) fn new(mark: Mark) -> Self {
        Self { mark, devices: Vec::new() }
    }

    /// Remembers a device, or that there is none, before the batch changes it.
    pub(super) fn remember(&mut self, devices: &BTreeMap<String, Device>, name: &str) {
        match devices.get(name) {
            // The batch has changed it, so it is remembered already.
            Some(device) if self.mark.is_before(device.revision) => {}
            Some(device) => self.devices.push((Arc::clone(&device.name), Some(device.clone()))),
            None => self.devices.push((name.into(), None)),
        }
    }

    /// Makes devices what they were.
    pub(super) fn restore(self, devices: &mut BTreeMap<String, Device>) {
        for (name, device) in self.devices.into_iter().rev() {
            match device {
                Some(device) => drop(devices.insert(name.to_string(), device)),
                None => drop(devices.remove(&*name)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::changes::Changes;

    #[test]
    fn devices_become_what_they_were_however_often_they_changed() {
        let (mut changes, mut devices) = (Changes::default(), BTreeMap::new());
        let known = |name: &str| (name.to_owned(), Device::new(name, 7));
        devices.extend(["a", "b", "c"].map(known));
        // Who had been changed before the batch is as before too.
        for device in devices.values_mut() {
            device.revision = changes.next();
        }
        let mut before = Before::new(changes.mark());
        for name in ["b", "new", "a", "b", "new", "b"] {
            before.remember(&devices, name);
            let device = devices.entry(name.to_owned()).or_insert_with(|| Device::new(name, 9));
            // One is remembered twice, having changed without a revision.
            if name != "b" || device.recordings > 0 {
                device.revision = changes.next();
            }
            device.recordings += 1;
        }
        assert_eq!((devices["b"].recordings, devices.len()), (3, 4));
        before.restore(&mut devices);
        let names: Vec<_> = devices.keys().map(String::as_str).collect();
        assert_eq!(names, ["a", "b", "c"]);
        for device in devices.values() {
            assert_eq!((device.recordings, device.first_seen), (0, 7), "{device:?}");
            assert!(!changes.mark().is_before(device.revision) && device.revision <= 3);
        }
    }
}
