// What the tab says: the title and the icon are the state of the fleet.

import { fleet, openAlerts } from './store.js';
import { counted } from './words.js';

const COLORS = { normal: '#0b63b0', anomaly: '#d1490c', other: '#b07208', none: '#7b8494' };

const icon = (shape) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shape}</svg>`)}`;

const ICONS = {
  normal: icon(`<circle cx="8" cy="8" r="6.5" fill="${COLORS.normal}"/>`),
  anomaly: icon(`<path d="M1 1H15V15H1Z" fill="${COLORS.anomaly}"/>`),
  other: icon(`<path d="M8 1.5L15 14.5H1Z" fill="${COLORS.other}"/>`),
  none: icon(`<circle cx="8" cy="8" r="5.5" fill="none" stroke="${COLORS.none}" stroke-width="2.5"/>`),
};

/** Alerts of the server itself, beside that of a full disk. */
const OWN = { clock: 'the clock was set', outlet: 'an outlet fails', history: 'the history is damaged' };

/** Alerts of a device of which no window is judged. */
const NOT_JUDGED = ['unjudged', 'remounted', 'rate', 'unit', 'stuck', 'unfit'];
const isNotJudged = (device) => device.conditions.some((kind) => NOT_JUDGED.includes(kind));

/** How the fleet is: the worst that there is, and in words. */
export function summary() {
  const devices = [...fleet.devices.values()];
  // One that has fallen silent with an open anomaly is both.
  const anomalies = devices.filter((one) => one.state === 'anomaly' || one.conditions.includes('anomaly')).length;
  const silent = devices.filter((one) => one.state === 'silent').length;
  const notJudged = devices.filter(isNotJudged).length;
  const unfit = devices.filter((one) => one.state === 'unfit' && !isNotJudged(one)).length;
  const watched = devices.some((one) => one.state !== 'unwatched');
  const parts = [counted(devices.length, 'device')];
  if (anomalies) parts.push(anomalies === 1 ? '1 anomaly' : `${anomalies} anomalies`);
  if (notJudged) parts.push(`${notJudged} not judged`);
  if (silent) parts.push(`${silent} silent`);
  if (unfit) parts.push(`${unfit} unfit`);
  let worst = 'none';
  if (anomalies) worst = 'anomaly';
  else if (notJudged || silent || unfit || fleet.unkept || openAlerts().length) worst = 'other';
  else if (watched) worst = 'normal';
  // What stands behind the number of devices, of anomalies, and of those that are not judged.
  const others = parts.slice(1 + Number(anomalies > 0) + Number(notJudged > 0));
  // On the page this stands above all.
  if (fleet.unkept) parts.push('nothing can be kept');
  for (const one of openAlerts()) if (one.device === null && OWN[one.kind]) parts.push(OWN[one.kind]);
  return { worst, text: parts.join(', '), others, anomalies, notJudged, watched, count: devices.length };
}

/** Says it in the tab: `about` is what is looked at. */
export function showHead(about, connected) {
  const { worst, text } = summary();
  const title = [connected ? text : 'connection lost', about, 'judder'].filter(Boolean).join(' · ');
  if (document.title !== title) document.title = title;
  const href = ICONS[connected ? worst : 'none'];
  const link = document.getElementById('icon');
  if (link.getAttribute('href') !== href) link.setAttribute('href', href);
}
