// Figures that the server draws: put into the page, and drawn anew in place.

import { ask } from './api.js';
import { make } from './elements.js';

/** Not more often than this, in ms. */
const LEAST = 1000;

/** Where the figures at an address stand. `refresh` asks for them again, at most once a second. */
export function figure(address) {
  const root = make('div', { class: 'figures' });
  let at = address, last = 0, waiting = null, going = null;

  async function load() {
    waiting = null;
    last = performance.now();
    going = new AbortController();
    const of = at;
    try {
      const text = await (await ask(of, { signal: going.signal })).text();
      if (of === at) put(root, text);
    } catch (error) {
      if (error.name !== 'AbortError') problem(error);
    } finally {
      going = null;
    }
  }

  function problem(error) {
    // What was drawn stays; without it, it is said why there is nothing.
    if (!root.querySelector('figure')) root.replaceChildren(make('p', { class: 'quiet' }, error.message));
  }

  function refresh() {
    // Nobody looks, or one is on its way.
    if (waiting || going || document.hidden) return;
    waiting = setTimeout(load, Math.max(0, last + LEAST - performance.now()));
  }

  function turn(address) {
    at = address;
    clearTimeout(waiting);
    going?.abort();
    load();
  }

  const close = () => {
    clearTimeout(waiting);
    going?.abort();
  };
  return { root, refresh, turn, close };
}

/** Puts HTML of the server's into the page; charts that are there already stay, and are drawn anew. */
function put(root, text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html').body;
  localised(fresh);
  for (const chart of fresh.querySelectorAll('figure.chart[id]')) {
    const known = root.querySelector(`figure.chart[id="${CSS.escape(chart.id)}"]`);
    if (!known) continue;
    redraw(known, chart);
    chart.replaceWith(known);
  }
  root.replaceChildren(...fresh.childNodes);
  watchCharts(root);
}

/** A chart that is read with the keys stands still until it is left; under the pointer it tells what is new. */
function redraw(known, fresh) {
  const chart = known.querySelector(':scope > svg'), other = fresh.querySelector(':scope > svg');
  if (!chart || !other || chart.cursor !== undefined) return;
  for (const { name, value } of [...other.attributes]) chart.setAttribute(name, value);
  chart.replaceChildren(...other.childNodes);
  for (const part of ['h3', 'figcaption']) {
    const [to, from] = [known, fresh].map((one) => one.querySelector(`:scope > ${part}`));
    if (to && from && to.textContent !== from.textContent) to.replaceChildren(...from.childNodes);
  }
  chart.readAgain?.();
}

/** Times on the reader's clock: the server knows only its own. */
function localised(fresh) {
  const high = (one) => Number(one.dataset.ms);
  for (const one of fresh.querySelectorAll('[data-ms]')) one.textContent = clockOf(high(one), one.dataset.step);
}
