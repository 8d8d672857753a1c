// One device: how it is, why, and its figures, which move as it does.

import { alertList } from '../alert-list.js';
import { askJson, deviceAt } from '../api.js';
import { make, mark, say } from '../elements.js';
import { figure } from '../figure.js';
import { besides, sign } from '../states.js';
import { fleet, now } from '../store.js';
import { about, against, ago, counted, digits, spaced } from '../words.js';
import { commissioning } from './commissioning.js';

const SPANS = [['10 min', 600], ['1 h', 3600], ['1 day', 86_400], ['7 days', 604_800]];
const MOST_ALERTS = 20;

/** It holds as long as the page is open, for all devices. */
let span = SPANS[0][1];

export function show(main, name) {
  const address = () => deviceAt(name, `/view?span=${span}&offset=${-new Date().getTimezoneOffset()}`);
  const state = sign(), words = make('p', { class: 'lead' });
  const gone = make('p', { class: 'about' }, 'No device of this name has posted anything. ', make('a', { href: '#/' }, 'All devices'));
  const facts = tiles(['score', 'seen', 'rate', 'size', 'count']);
  const view = figure(address());
  const open = alertList({ withDevice: false, none: 'None yet.' });
  const model = modelChoice(name), threshold = commissioning(name, span);
  const spans = make(
    'fieldset',
    { class: 'choice' },
    make('legend', {}, 'Shown are the last'),
    SPANS.map(([text, seconds]) => {
      const turn = () => {
        span = seconds;
        view.turn(address());
        threshold.turn(span, last ?? {});
      };
      return make('label', {}, make('input', { type: 'radio', name: 'span', value: seconds, checked: seconds === span, change: turn }), make('span', {}, text));
    }),
  );
  const unjudged = make('p', { class: 'quiet' });
  const restored = make('p', { class: 'quiet restored' }, 'Nothing came since the server started: this is what was seen before.');
  const csv = make('a', { class: 'button', href: deviceAt(name, '/latest.csv'), download: `${name}.csv` }, 'last recording (CSV)');
  const body = make(
    'div',
    {},
    make('p', { class: 'device-state' }, state.root),
    words,
    unjudged,
    restored,
    facts.root,
    threshold.root,
    make('div', { class: 'controls' }, spans, model.root, csv),
    view.root,
    make('section', { class: 'below', 'aria-labelledby': 'its-alerts' }, make('h2', { id: 'its-alerts' }, 'Its alerts'), open.root),
  );
  main.append(make('p', { class: 'back' }, make('a', { href: '#/' }, '← all devices')), make('h1', {}, name), gone, body);
  let last = null, alerts = [];

  /** The older ones, which the page was not told. */
  async function older() {
    const found = await askJson(`api/v1/alerts?device=${encodeURIComponent(name)}&most=${MOST_ALERTS}`).catch(() => null);
    if (found) alerts = found.alerts;
    showAlerts();
  }

  function showAlerts() {
    const all = new Map([...alerts, ...[...fleet.alerts.values()].filter((one) => one.device === name)].map((one) => [one.id, one]));
    open.show([...all.values()].sort((a, b) => b.raised - a.raised).slice(0, MOST_ALERTS));
  }

  function update(change) {
    const device = fleet.devices.get(name);
    gone.hidden = Boolean(device);
    body.hidden = !device;
    if (!device) return;
    state.show(device.state, [device.state, ...besides(device)].join(', '));
    say(words, device.words || explained(device));
    restored.hidden = !device.restored;
    csv.hidden = device.restored;
    facts.root.toggleAttribute('data-restored', device.restored);
    const watched = device.state !== 'unwatched', [value, of] = against(device);
    const small = device.threshold && device.score !== null ? `${of} (${digits(device.score)} of ${digits(device.threshold)})` : of;
    facts.show('score', watched ? value : '–', watched ? small : 'no model scores it');
    facts.show('rate', device.rate_hz ? `${digits(device.rate_hz)} Hz` : '–', 'sample rate');
    facts.show('size', ...sizeOf(device));
    facts.show('count', spaced(device.recordings), `recordings, ${device.every_s === null ? 'pace not known yet' : `one every ${about(device.every_s)} s`}`);
    const excused = `${counted(device.excused, 'window')} above the threshold ${device.excused === 1 ? 'was' : 'were'} not judged.`;
    say(unjudged, device.excused ? excused : '');
    if (change.whole || change.parts.has('models') || last?.model !== device.model) model.show(device);
    if (last === null || last.recordings !== device.recordings || last.last_seen !== device.last_seen) {
      view.refresh();
      threshold.look(device);
    }
    if (change.whole || [...change.raised, ...change.cleared].some((one) => one.device === name)) showAlerts();
    last = device;
    tick();
  }

  function tick() {
    if (!last) return;
    facts.show('seen', ago(last.last_seen, now()), 'last heard');
    open.tick();
  }

  update({ whole: true, raised: [], cleared: [], parts: new Set() });
  older();
  const close = () => [view, threshold].forEach((one) => one.close());
  return { update, tick, close };
}

/** How large its recordings are, and of what. */
function sizeOf({ readings, axes }) {
  const of = axes === 1 ? 'axis' : 'axes';
  if (readings) return [`${spaced(readings)} × ${axes}`, `readings × ${of}`];
  return axes ? [String(axes), of] : ['–', 'readings × axes'];
}

function explained({ state }) {
  return {
    normal: 'It vibrates as it did when the model was trained.',
    unwatched: 'No model scores it: its recordings are kept, and shown below.',
  }[state] ?? '';
}

function tiles(names) {
  const all = new Map(names.map((name) => [name, [make('b'), make('span')]]));
  const root = make('div', { class: 'tiles' }, [...all.values()].map(([value, words]) => make('div', { class: 'tile' }, value, words)));
  const show = (name, value, words) => {
    say(all.get(name)[0], value);
    say(all.get(name)[1], words);
  };
  return { root, show };
}

/** Which model scores it. */
function modelChoice(name) {
  const select = make('select', { id: 'its-model' }), said = make('span', { class: 'error', role: 'alert' });
  const root = make('p', { class: 'field' }, make('label', { for: 'its-model' }, 'Model'), ' ', select, ' ', said);
  select.addEventListener('change', async () => {
    select.disabled = true;
    say(said, '');
    try {
      await askJson(deviceAt(name), { method: 'PUT', json: { model: select.value || null } });
    } catch (error) {
      say(said, error.message);
      show(fleet.devices.get(name));
    }
    select.disabled = false;
  });

  function show(device) {
    root.hidden = fleet.models.length === 0;
    const standard = fleet.models.find((one) => one.default);
    const option = (value, text) => make('option', { value }, text);
    select.replaceChildren(
      option('', standard ? `the default (${standard.name})` : 'none'),
      ...fleet.models.map((one) => option(one.name, one.name)),
    );
    const own = fleet.models.find((one) => one.devices.includes(name));
    select.value = own ? own.name : '';
    mark(select, 'title', device?.model ? `scored by ${device.model}` : null);
  }

  return { root, show };
}
