// The last recording of a device as a small drawing, for devices without scores.
//
// One is asked for at a time, whatever their number, and only what is in view.

import { ask, deviceAt } from './api.js';
import { draw, mark } from './elements.js';

const WIDTH = 120, HEIGHT = 40, MOST_AXES = 3, MOST_POINTS = 120;

const wanted = new Set();
let busy = false;

async function next() {
  if (busy) return;
  const one = wanted.values().next().value;
  if (!one) return;
  wanted.delete(one);
  busy = true;
  // It may be gone by now; the next recording asks again.
  await one.fetch().catch(() => {});
  busy = false;
  setTimeout(next, 100);
}

const inView = new WeakSet();
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inView.add(target);
    else inView.delete(target);
    if (isIntersecting) target.dispatchEvent(new Event('seen'));
  }
});

/** The drawing of a device's last recording. */
export function waveform(name) {
  const axes = Array.from({ length: MOST_AXES }, (_, at) => draw('path', { class: `line x${at}` }));
  const root = draw(
    'svg',
    { class: 'spark wave', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    axes,
  );
  const one = {
    fetch: async () => {
      const text = await (await ask(deviceAt(name, '/latest.csv'))).text();
      const columns = columnsOf(text).slice(0, MOST_AXES);
      const largest = Math.max(...columns.flat().map(Math.abs), 1e-9);
      axes.forEach((path, at) => mark(path, 'd', columns[at] ? lineOf(columns[at], largest) : ''));
    },
  };
  let asked = false;
  const want = () => {
    if (!asked || !inView.has(root)) return;
    asked = false;
    wanted.add(one);
    next();
  };
  root.addEventListener('seen', want);
  watcher.observe(root);
  return {
    root,
    ask: () => {
      asked = true;
      want();
    },
    close: () => {
      watcher.unobserve(root);
      wanted.delete(one);
    },
  };
}

/** The columns of a CSV about their means; a header is no row. */
function columnsOf(text) {
  const rows = text.trim().split('\n').map((line) => line.split(',').map(Number)).filter((row) => row.every(Number.isFinite));
  const columns = (rows[0] ?? []).map((_, at) => rows.map((row) => row[at]));
  return columns.map((column) => {
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    return column.map((value) => value - mean);
  });
}

function lineOf(values, largest) {
  const count = Math.min(values.length, MOST_POINTS);
  const points = Array.from({ length: count }, (_, at) => {
    const value = values[Math.floor((at * values.length) / count)];
    const x = (at * WIDTH) / Math.max(1, count - 1), y = HEIGHT / 2 - (HEIGHT / 2 - 2) * (value / largest);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
