// What the page knows: the fleet as the server told it last.

/** The fleet. Views read it, and `apply` alone changes it. */
export const fleet = {
  known: false,
  /** Milliseconds that the server's clock is ahead. */
  ahead: 0,
  version: '',
  mode: 'serve',
  accepting: true,
  /** What was to be kept and could not, while that lasts. */
  unkept: null,
  folder: null,
  models: [],
  session: null,
  datasets: [],
  devices: new Map(),
  alerts: new Map(),
  retention: {},
  outlets: [],
};

/** The time on the server's clock. */
export const now = () => Date.now() + fleet.ahead;

/** The alerts that are open, the newest first. */
export const openAlerts = () => [...fleet.alerts.values()].filter((one) => one.cleared === null).sort((a, b) => b.raised - a.raised);

/** No more that are cleared are kept. */
const MOST_CLEARED = 50;

const PARTS = ['version', 'mode', 'accepting', 'unkept', 'folder', 'models', 'session', 'datasets', 'retention', 'outlets'];

/** Takes what the server says: all of it, or what has changed. Returns what is new. */
export function apply(said) {
  const whole = 'version' in said;
  const change = { whole, devices: new Set(), raised: [], cleared: [], parts: new Set() };
  fleet.ahead = said.now - Date.now();
  for (const part of PARTS) {
    if (!(part in said)) continue;
    if (JSON.stringify(fleet[part]) !== JSON.stringify(said[part])) change.parts.add(part);
    fleet[part] = said[part];
  }
  if (whole) {
    fleet.devices.clear();
    fleet.alerts.clear();
  }
  for (const device of said.devices ?? []) {
    fleet.devices.set(device.name, device);
    change.devices.add(device.name);
  }
  // Devices that the server has forgotten.
  for (const name of said.gone ?? []) {
    if (fleet.devices.delete(name)) change.whole = true;
  }
  for (const alert of said.alerts ?? []) {
    const before = fleet.alerts.get(alert.id);
    fleet.alerts.set(alert.id, alert);
    if (alert.cleared !== null && !whole && before?.cleared !== alert.cleared) change.cleared.push(alert);
    if (alert.cleared === null && !before) change.raised.push(alert);
  }
  forget();
  // What was there at the start is no news.
  if (!fleet.known) change.raised = [];
  fleet.known = true;
  return change;
}

function forget() {
  const cleared = [...fleet.alerts.values()].filter((one) => one.cleared !== null);
  cleared.sort((a, b) => b.cleared - a.cleared);
  for (const alert of cleared.slice(MOST_CLEARED)) fleet.alerts.delete(alert.id);
}

/** Two changes in one. */
export function merged(one, other) {
  if (!one) return other;
  return {
    whole: one.whole || other.whole,
    devices: new Set([...one.devices, ...other.devices]),
    raised: [...one.raised, ...other.raised],
    cleared: [...one.cleared, ...other.cleared],
    parts: new Set([...one.parts, ...other.parts]),
  };
}
