// Alerts as rows: when, which device, what, and why.

import { arrange, make, say } from './elements.js';
import { now } from './store.js';
import { sign } from './states.js';
import { ago, clock, long, whole } from './words.js';

/** A list of alerts, changed in place. */
export function alertList({ withDevice = true, none }) {
  const rows = new Map();
  const list = make('ol', { class: 'alerts' });
  const empty = make('p', { class: 'quiet none' }, none);
  const root = make('div', {}, list, empty);

  function row(alert) {
    const what = sign(), when = make('time', { class: 'quiet' }), why = make('p', { class: 'why' });
    const who = alert.device === null
      ? make('span', { class: 'who' }, 'the server')
      : make('a', { href: `#/device/${encodeURIComponent(alert.device)}`, class: 'who' }, alert.device);
    const top = make('div', { class: 'alert-top' }, what.root, withDevice ? who : null, when);
    const item = make('li', { class: 'alert' }, top, why);
    const update = (alert) => {
      what.show(alert.kind);
      item.classList.toggle('over', alert.cleared !== null);
      say(why, alert.words);
      when.title = whole(alert.raised) + (alert.cleared ? ` to ${whole(alert.cleared)}` : '');
      when.dateTime = new Date(alert.raised).toISOString();
      tick(alert);
    };
    const tick = (alert) => {
      const at = clock(alert.raised, now());
      say(when, alert.cleared === null ? `${at}, ${ago(alert.raised, now())}` : `${at}, for ${long(alert.cleared - alert.raised)}`);
    };
    return { item, update, tick };
  }

  let shown = [];
  const show = (alerts) => {
    shown = alerts;
    const wanted = new Set(alerts.map((one) => one.id));
    for (const id of rows.keys()) if (!wanted.has(id)) rows.delete(id);
    for (const alert of alerts) {
      if (!rows.has(alert.id)) rows.set(alert.id, row(alert));
      rows.get(alert.id).update(alert);
    }
    arrange(list, alerts.map((one) => rows.get(one.id).item));
    empty.hidden = alerts.length > 0;
  };
  const tick = () => shown.forEach((alert) => rows.get(alert.id)?.tick(alert));
  return { root, show, tick };
}
