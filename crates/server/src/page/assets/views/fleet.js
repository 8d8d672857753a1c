// All devices: strange ones first, the open alerts beside them.

import { alertList } from '../alert-list.js';
import { card } from '../card.js';
import { arrange, make, say } from '../elements.js';
import { summary } from '../head.js';
import { figure } from '../figure.js';
import { sign, inOrder } from '../states.js';
import { fleet, openAlerts } from '../store.js';
import { counted } from '../words.js';
import { firstSteps } from './first-steps.js';

/** From so many devices on there is a filter. */
const MANY = 12;
/** So many cards are made at a time: the first are drawn before the last are made. */
const AT_ONCE = 60;

export function show(main) {
  const heading = make('h1'), head = sign(), text = make('p', { class: 'about' });
  const filter = make('input', { type: 'search', id: 'filter', placeholder: 'name, state or model', input: () => sort() });
  const found = make('span', { class: 'quiet', role: 'status' });
  const filterRow = make('p', { class: 'filter' }, make('label', { for: 'filter' }, 'Filter'), ' ', filter, ' ', found);
  const list = make('ul', { class: 'cards' });
  const open = alertList({ none: 'None.' });
  const beside = make('section', { class: 'beside', 'aria-labelledby': 'open-alerts' }, make('h2', { id: 'open-alerts' }, 'Open alerts'), open.root);
  const wave = figure('api/v1/session/waveform');
  const steps = make('div');
  heading.append(head.root);
  main.append(
    make('div', { class: 'headline' }, heading, text),
    make('div', { class: 'with-beside' }, beside, make('div', {}, steps, filterRow, list, wave.root)),
  );
  const cards = new Map();
  let making = 0;

  function sort() {
    const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const many = fleet.devices.size > MANY;
    filterRow.hidden = !many;
    const devices = inOrder([...fleet.devices.values()]).filter((device) => {
      const all = [device.name, device.state, device.model ?? '', ...device.conditions].join(' ').toLowerCase();
      return !many || words.every((word) => all.includes(word));
    });
    arrange(list, made(devices).map((device) => cards.get(device.name).root));
    say(found, words.length && many ? `${devices.length} of ${fleet.devices.size}` : '');
  }

  /** Those that have a card, some of which are made now; the others get theirs in the frames to come. */
  function made(devices) {
    let left = AT_ONCE;
    const there = devices.filter((device) => {
      if (!cards.has(device.name) && left > 0) {
        left -= 1;
        cards.set(device.name, card(device));
      }
      return cards.has(device.name);
    });
    if (there.length < devices.length && !making) {
      making = requestAnimationFrame(() => {
        making = 0;
        sort();
      });
    }
    return there;
  }

  function update(change) {
    let moved = change.whole;
    for (const [name, one] of cards) {
      if (fleet.devices.has(name)) continue;
      one.close();
      cards.delete(name);
    }
    const names = change.whole || change.parts.has('models') ? fleet.devices.keys() : change.devices;
    for (const name of names) {
      const device = fleet.devices.get(name), known = cards.get(name);
      moved ||= !known || known.device.state !== device.state || known.device.conditions.length !== device.conditions.length;
      known?.update(device);
    }
    if (moved) sort();
    open.show(openAlerts());
    say(text, about());
    const { worst, watched, count } = summary();
    head.show(worst === 'none' ? 'unwatched' : worst === 'other' ? 'remounted' : worst, statement());
    steps.hidden = count > 0;
    if (count === 0 && !steps.firstChild) steps.append(firstSteps());
    if (count > 0) steps.replaceChildren();
    beside.hidden = !watched && openAlerts().length === 0;
    wave.root.hidden = watched || count === 0;
    if (!wave.root.hidden && (change.whole || change.devices.size)) wave.refresh();
  }

  update({ whole: true, devices: new Set(), parts: new Set() });
  const tick = () => {
    cards.forEach((one) => one.tick());
    open.tick();
  };
  const close = () => {
    cancelAnimationFrame(making);
    cards.forEach((one) => one.close());
  };
  return { update, tick, close };
}

/** How the fleet is, in a line. */
function statement() {
  const { anomalies, notJudged, watched, count } = summary();
  if (count === 0) return 'No device yet';
  if (!watched) return fleet.session ? `Recording ${fleet.session.label}` : counted(count, 'device');
  const also = notJudged ? `, ${notJudged} ${notJudged === 1 ? 'is' : 'are'} not judged` : '';
  if (anomalies) return `${anomalies === 1 ? '1 anomaly' : `${anomalies} anomalies`} on ${counted(count, 'device')}${also}`;
  if (fleet.unkept) return `Nothing can be kept${also}`;
  if (notJudged) return `${notJudged} of ${counted(count, 'device')} ${notJudged === 1 ? 'is' : 'are'} not judged`;
  const open = openAlerts(), own = open.filter((one) => one.device === null).length;
  if (open.length > own) return `${counted(open.length - own, 'alert')} on ${counted(count, 'device')}`;
  return own ? `${counted(own, 'alert')} of the server itself` : 'All is normal';
}

function about() {
  const { others, anomalies, watched, count } = summary();
  // What the headline says is not said again.
  const parts = anomalies || openAlerts().length || !watched ? [...others] : [counted(count, 'device'), ...others];
  if (fleet.mode === 'collect') parts.push('recordings are collected, none is scored');
  else if (fleet.models.length === 0) parts.push('no model, so none is scored');
  else parts.push(counted(fleet.models.length, 'model'));
  if (!fleet.accepting) parts.push('recordings are not taken now');
  if (fleet.session) parts.push(`recording ${fleet.session.label}`);
  return `${parts.join(' · ')}.`;
}
