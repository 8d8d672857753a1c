//! What is so at the moment that somebody asks: devices and open alerts.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::counts::{Each, Gauges};
use super::{KINDS, STATES};

/// The most devices that have metrics of their own: the first by name. Of further ones the states count.
pub const MOST_DEVICES: usize = 100;

/// What is so now.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// All devices.
    pub devices: Vec<DeviceNow>,
    /// The kind of each open alert.
    pub open_alerts: Vec<&'static str>,
}

/// What is so of a device now.
#[derive(Debug, Clone)]
pub struct DeviceNow {
    /// Its name.
    pub name: String,
    /// Its state, as the interface names it.
    pub state: &'static str,
    /// Its score as a share of the threshold, if it was judged.
    pub ratio: Option<f64>,
    /// When it was last seen, in milliseconds since 1970.
    pub last_seen: i64,
}

type OfDevice = Family<[(&'static str, String); 1], Gauge<f64, AtomicU64>>;

/// Gauges that are set when somebody asks.
#[derive(Debug)]
pub(super) struct Devices {
    states: Gauges,
    open: Gauges,
    ratio: OfDevice,
    seen: OfDevice,
}

impl Devices {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let states = Each::register(registry, "devices", "Devices by state", "state", STATES);
        let open = Each::register(registry, "open_alerts", "Alerts that are open", "kind", KINDS);
        let (ratio, seen) = (OfDevice::default(), OfDevice::default());
        let unit = Unit::Other("ratio".to_owned());
        let help = format!(
            "The score of a device by its threshold, of the first {MOST_DEVICES} devices by name"
        );
        registry.register_with_unit("device_score", help, unit, ratio.clone());
        let help = format!(
            "When a device was last seen, in seconds since 1970, of the first {MOST_DEVICES} devices by name"
        );
        registry.register_with_unit("device_last_seen", help, Unit::Seconds, seen.clone());
        Self { states, open, ratio, seen }
    }

    pub(super) fn set(&self, now: &Now) {
        for gauge in self.states.iter().chain(self.open.iter()) {
            gauge.set(0);
        }
        for kind in &now.open_alerts {
            self.open.get(kind).inc();
        }
        self.ratio.clear();
        self.seen.clear();
        let mut devices: Vec<&DeviceNow> = now.devices.iter().collect();
        devices.sort_by(|one, other| one.name.cmp(&other.name));
        for (at, device) in devices.into_iter().enumerate() {
            self.states.get(device.state).inc();
            if at >= MOST_DEVICES {
                continue;
            }
            let label = [("device", device.name.clone())];
            if let Some(ratio) = device.ratio {
                self.ratio.get_or_create(&label).set(ratio);
            }
            self.seen.get_or_create(&label).set(device.last_seen as f64 / 1000.0);
        }
    }
}
