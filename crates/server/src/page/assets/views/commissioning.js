// Whether alarms of a device come as often as was asked for, and a threshold from what it did lately.

import { askJson, deviceAt } from '../api.js';
import { make, say } from '../elements.js';
import { now } from '../store.js';
import { about, clock, counted, digits, spaced } from '../words.js';

/** It is looked at again after this share of the stretch that is looked at, so that it may have changed. */
const SHARE = 1 / 360;

/** The shortest stretch that says something, in seconds. */
const LEAST = 3600;
const CALLED = new Map([[3600, 'the last hour'], [86_400, 'the last day'], [604_800, 'the last 7 days']]);

const TOLD = {
  'as-asked': () => 'as asked for',
  more: () => 'more than asked for',
  fewer: () => 'fewer than asked for',
  'too-few': ({ windows, needed }) => (windows < needed ? `too early to tell, ${spaced(windows)} of ${spaced(needed)} windows so far` : 'too close to tell'),
};

const percent = (share) => `${about(100 * share)} %`;

/** What is said of a device. `look` asks again where that is worth while; `turn` goes on with another span. */
export function commissioning(name, seconds) {
  const seen = make('p'), chosen = make('p', { class: 'quiet' }), offer = make('span', { class: 'quiet' });
  const use = make('button', { type: 'button', click: () => change('POST', { hours: span / 3600 }) }, 'This was normal: use it');
  const undo = make('button', { type: 'button', click: () => change('DELETE') }, 'Undo');
  const said = make('p', { class: 'error', role: 'alert' });
  const offered = make('div', { class: 'controls' }, use, offer), back = make('div', { class: 'controls' }, undo, chosen);
  const root = make('section', { class: 'commissioning', 'aria-label': 'Threshold', hidden: true }, seen, offered, back, said);
  const at = deviceAt(name, '/threshold');
  let span = Math.max(LEAST, seconds), last = -Infinity, going = null;

  async function load() {
    last = performance.now();
    going?.abort();
    const mine = new AbortController();
    going = mine;
    try {
      show(await askJson(`${at}?hours=${span / 3600}`, { signal: mine.signal }));
    } catch (error) {
      // Without a model, or a threshold, there is nothing to say.
      if (error.name !== 'AbortError') root.hidden = true;
    } finally {
      if (going === mine) going = null;
    }
  }

  async function change(method, json) {
    use.disabled = true;
    undo.disabled = true;
    say(said, '');
    try {
      await askJson(at, { method, json });
    } catch (error) {
      say(said, error.message);
    }
    undo.disabled = false;
    await load();
  }

  function show(view) {
    const { in_use: used, of_model: own, offered: other } = view;
    root.hidden = view.asked === null && view.chosen === null;
    const shares = used.seen ? `seen ${percent(used.seen.share)} (${spaced(used.alarms)} of ${spaced(view.windows)})` : 'none judged';
    say(seen, view.asked === null ? '' : `Asked ${percent(view.asked)} of windows, ${shares} in ${CALLED.get(span)}: ${TOLD[view.told](view)}.`);
    offered.hidden = !other || view.told === 'as-asked' || other.threshold === used.threshold;
    if (!offered.hidden) {
      const enough = view.fewest === null || view.windows >= view.fewest;
      use.disabled = !enough;
      const promised = enough ? `${percent(other.seen.share)} of these windows are above it` : `it takes ${spaced(view.fewest)} windows`;
      say(offer, `threshold ${digits(used.threshold)} → ${digits(other.threshold)}: ${promised}`);
    }
    back.hidden = !view.chosen;
    if (view.chosen) {
      say(chosen, `threshold ${digits(used.threshold)} since ${clock(view.chosen.at, now())}, from ${counted(view.chosen.windows, 'window')}; the model’s is ${digits(own.threshold)}`);
    }
  }

  function look({ model, threshold }) {
    // Where nothing is judged, there is nothing to say.
    if (!model || !threshold) root.hidden = true;
    else if (!going && !document.hidden && performance.now() - last >= 1000 * span * SHARE) load();
  }

  function turn(seconds, device) {
    span = Math.max(LEAST, seconds);
    last = -Infinity;
    going?.abort();
    going = null;
    look(device);
  }

  return { root, look, turn, close: () => going?.abort() };
}
