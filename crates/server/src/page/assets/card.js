// A device as a card. It is made once, and only what is new on it is changed.

import { make, mark, say } from './elements.js';
import { fleet, now } from './store.js';
import { spark } from './spark.js';
import { besides, sign } from './states.js';
import { waveform } from './waveform.js';
import { about, against, ago, counted, digits, spaced } from './words.js';

/** A card; `update` shows a device, `tick` how long ago it was heard. */
export function card(device) {
  const state = sign(), seen = make('span', { class: 'quiet seen' });
  const link = make('a', { href: `#/device/${encodeURIComponent(device.name)}`, title: device.name }, device.name);
  const score = make('b'), of = make('span', { class: 'quiet' });
  const line = spark(), wave = waveform(device.name);
  const why = make('p', { class: 'why' }), facts = make('p', { class: 'quiet facts' });
  const root = make(
    'li',
    { class: 'card' },
    make('div', { class: 'card-top' }, state.root, seen),
    make('h2', {}, link),
    make('div', { class: 'card-score' }, make('p', {}, score, ' ', of), line.root, wave.root),
    why,
    facts,
  );
  let shown = device;

  function update(device) {
    const before = shown;
    shown = device;
    mark(root, 'data-state', device.state);
    root.toggleAttribute('data-restored', device.restored);
    state.show(device.state, [device.state, ...besides(device)].join(', '));
    const watched = device.state !== 'unwatched';
    const [value, unit] = watched ? against(device) : [spaced(device.recordings), device.recordings === 1 ? 'recording' : 'recordings'];
    say(score, value);
    say(of, unit);
    line.root.toggleAttribute('hidden', !watched);
    wave.root.toggleAttribute('hidden', watched);
    if (watched) line.show(device.spark);
    else if (before === device || before.recordings !== device.recordings) wave.ask();
    say(why, device.words);
    say(facts, factsOf(device, watched));
    facts.title = facts.textContent;
    tick();
  }

  const tick = () => say(seen, ago(shown.last_seen, now()));
  const close = () => wave.close();
  update(device);
  return { root, update, tick, close, get device() { return shown; } };
}

function factsOf(device, watched) {
  const parts = [];
  if (device.restored) parts.push('before the restart');
  if (device.rate_hz) parts.push(`${digits(device.rate_hz)} Hz`);
  if (device.axes) parts.push(counted(device.axes, 'axis').replace('axiss', 'axes'));
  if (device.excused) parts.push(`${spaced(device.excused)} excused`);
  if (device.model && fleet.models.length > 1) parts.push(device.model);
  else if (watched) parts.push(counted(device.recordings, 'recording'));
  if (!watched && device.every_s) parts.push(`one every ${about(device.every_s)} s`);
  return parts.join(' · ');
}
