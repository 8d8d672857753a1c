// What is told under the pointer on `judder explore`'s page is what the recordings say.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { plots, under } from './charts.mjs';
import { browser, visit } from './page.mjs';
import { COIN, LOW, MEDIUM, RATE, SHORT, files, recordings } from './recordings.mjs';
import * as statistics from './statistics.mjs';
import { plotBox, told, toldAt } from './told.mjs';
import { FOUR_DIGITS, SHADE, near, nearFactor, within } from './tolerances.mjs';

const STATES = [LOW, MEDIUM, COIN];
const AXES = ['x', 'y', 'z'];
const WINDOWS = Object.fromEntries(STATES.map((state) => [state, recordings(`fan/${state}`)]));
const LENGTH = WINDOWS[LOW][0][0].length;
/** Readings of a window at which the pointer is put. */
const READINGS = [0, 1, 57, 100, 198];
/** Of an axis: the room beside the outermost values, and a little more. */
const ROOM = 1.1;
/** The factors that an axis may span. */
const DECADES = 1e9;

/** Charts of pure numbers, by their ids; all others have a unit. */
const PURE = ['cloud-kurtosis', 'cloud-skewness'];
/** And features that are, by their words. */
const PURE_FEATURE = /^(kurtosis|skewness|crest|correlation|diff-correlation) /;
const UNIT = /^([mµ]?g²?|k?Hz|m?s|%|ln g²)$/;

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

const look = (page, name = 'explore') => visit(running, name, page);
const figure = (page, id) => page.locator(`figure#${id}`);
const range = (values) => (Math.max(...values) - Math.min(...values)) * ROOM;

/** The readings of the windows that are drawn, by state and axis: those that the section names. */
async function drawn(page) {
  const text = await page.locator('#waveforms p').first().innerText();
  return Object.fromEntries(
    STATES.map((state) => {
      const name = text.match(new RegExp(`${SHORT[state]} (\\d+\\.csv)`))?.[1];
      const at = files(`fan/${state}`).indexOf(name);
      assert.ok(at >= 0, `no recording of ${state} is named in: ${text}`);
      return [state, WINDOWS[state][at]];
    }),
  );
}

test('the windows drawn are neither the best nor the worst', () =>
  look(async (page) => {
    const vibration = (window) => Math.sqrt(window.map(statistics.variance).reduce((a, b) => a + b));
    for (const [state, window] of Object.entries(await drawn(page))) {
      const all = WINDOWS[state].map(vibration);
      const far = (one) => Math.abs(one - statistics.median(all));
      // Two may be as near.
      within(far(vibration(window)), Math.min(...all.map(far)), 1e-12, state);
    }
  }));

test('a waveform as recorded', () =>
  look(async (page) => {
    const windows = await drawn(page);
    for (const axis of [0, 1, 2]) {
      const all = STATES.flatMap((state) => windows[state][axis]);
      for (const reading of READINGS) {
        const tip = await toldAt(page, figure(page, `raw-${axis + 1}`), reading / RATE);
        timed(tip, reading);
        for (const state of STATES) {
          const { value, unit } = tip[SHORT[state]];
          assert.equal(unit, 'g');
          const what = `raw-${axis + 1}, ${state} at reading ${reading}`;
          near(value, windows[state][axis][reading], range(all), what);
        }
      }
    }
  }));

test('a waveform about its mean', () =>
  look(async (page) => {
    const windows = await drawn(page);
    for (const axis of [0, 1, 2]) {
      const centered = (state) => {
        const values = windows[state][axis];
        return values.map((value) => 1000 * (value - statistics.mean(values)));
      };
      // Each row is as high as twice what is largest.
      const largest = Math.max(...STATES.flatMap(centered).map(Math.abs));
      for (const reading of READINGS) {
        const tip = await toldAt(page, figure(page, `about-mean-${axis + 1}`), reading / RATE);
        timed(tip, reading);
        for (const state of STATES) {
          const { value, unit } = tip[SHORT[state]];
          assert.equal(unit, 'mg');
          const what = `about-mean-${axis + 1}, ${state} at reading ${reading}`;
          near(value, centered(state)[reading], 2 * largest * STATES.length, what);
        }
      }
    }
  }));

function timed(tip, reading) {
  assert.equal(tip.time.unit, 's');
  near(tip.time.value, reading / RATE, LENGTH / RATE, 'the time');
}

const FEATURES = {
  mad: statistics.mad,
  std: statistics.std,
  'peak-to-peak': statistics.peakToPeak,
  'diff-std': statistics.diffStd,
};

test('a point of a strip', () =>
  look(async (page) => {
    const ranked = await page.locator('#ranking tr[data-feature]').evaluateAll((rows) =>
      rows.map((row) => row.dataset.feature),
    );
    const seen = new Set();
    for (const [place, feature] of ranked.entries()) {
      const [word, letter] = feature.split(' ');
      const strip = figure(page, `feature-${place}`);
      if (!(word in FEATURES) || (await strip.count()) === 0) {
        continue;
      }
      const axis = AXES.indexOf(letter);
      const of = (state, at) => 1000 * FEATURES[word](WINDOWS[state][at][axis]);
      const all = STATES.flatMap((state) => WINDOWS[state].map((_, at) => of(state, at)));
      for (const [row, state] of STATES.entries()) {
        const values = WINDOWS[state].map((_, at) => of(state, at));
        // In the middle of its row, the nearest point is one of it.
        const up = 1 - (row + 0.5) / STATES.length;
        const tip = await toldAt(page, strip, statistics.median(values), up);
        const at = recordingOf(tip, state);
        const { value, unit } = tip[word];
        assert.equal(unit, 'mg');
        near(value, of(state, at), range(all), `${feature} of ${tip.who}`);
        seen.add(word).add(state);
      }
    }
    assert.ok(seen.size >= 2 + STATES.length, `only ${[...seen]}`);
  }));

/** The number of the recording that a tip names, which is one of this state. */
function recordingOf(tip, state) {
  const [name, file] = tip.who?.split(', ') ?? [];
  assert.equal(name, SHORT[state], tip.text);
  const at = files(`fan/${state}`).indexOf(file);
  assert.ok(at >= 0, tip.text);
  return at;
}

/** Places along a side of a cloud at which the pointer looks for points. */
const PLACES = 24;

test('the points of a cloud', () =>
  look(async (page) => {
    const cloud = figure(page, 'cloud-mad');
    await cloud.locator('canvas').scrollIntoViewIfNeeded();
    const { x, y, width, height } = await cloud.locator('canvas').boundingBox();
    const tips = new Map();
    for (let place = 0; place < PLACES ** 2; place += 1) {
      const [across, down] = [place % PLACES, Math.floor(place / PLACES)];
      await page.mouse.move(x + ((across + 0.5) / PLACES) * width, y + ((down + 0.5) / PLACES) * height);
      const text = (await cloud.locator('output').textContent()).trim();
      if (text && !tips.has(text)) {
        tips.set(text, await told(page, cloud));
      }
    }
    const states = new Set();
    for (const tip of tips.values()) {
      const state = STATES.find((one) => tip.who?.startsWith(`${SHORT[one]}, `));
      const window = WINDOWS[state][recordingOf(tip, state)];
      for (const [axis, letter] of AXES.entries()) {
        assert.equal(tip[letter].unit, 'mg');
        nearFactor(tip[letter].value, 1000 * statistics.mad(window[axis]), DECADES, tip.text);
      }
      states.add(state);
    }
    assert.equal(states.size, STATES.length, `points of ${[...states]} were found`);
  }));

test('a line of a spectrum', () =>
  look(async (page) => {
    for (const axis of [0, 1, 2]) {
      for (const line of [1, 2, 10, 47, LENGTH / 2]) {
        const tip = await toldAt(page, figure(page, `spectrum-${axis + 1}`), (line * RATE) / LENGTH);
        assert.equal(tip.frequency.unit, 'Hz');
        near(tip.frequency.value, (line * RATE) / LENGTH, RATE / 2, 'the frequency');
        for (const state of STATES) {
          const amplitudes = WINDOWS[state].map((window) => statistics.amplitude(window[axis], line));
          const { value, unit } = tip[SHORT[state]];
          assert.equal(unit, 'mg');
          const what = `spectrum-${axis + 1}, ${state} at line ${line}`;
          nearFactor(value, 1000 * statistics.mean(amplitudes), DECADES, what);
        }
      }
    }
  }));

const BINS = 40;

test('the bins of a histogram of correlations', () =>
  look(async (page) => {
    for (const [a, b] of [[0, 1], [0, 2], [1, 2]]) {
      const histogram = figure(page, `correlation-${a + 1}-${b + 1}`);
      const bins = STATES.map((state) =>
        WINDOWS[state].map((window) => {
          const share = (statistics.correlation(window[a], window[b]) + 1) / 2;
          return Math.min(BINS - 1, Math.floor(share * BINS));
        }),
      );
      const percent = (at, bin) => (100 * bins[at].filter((one) => one === bin).length) / bins[at].length;
      const occupied = [...new Set(bins.flat())];
      assert.ok(occupied.length > 2);
      // And one in which nothing is.
      for (const bin of [...occupied, [...Array(BINS).keys()].find((one) => !occupied.includes(one))]) {
        const center = -1 + (2 * (bin + 0.5)) / BINS;
        const tip = await toldAt(page, histogram, center);
        assert.equal(tip.correlation.unit, '');
        within(tip.correlation.value, center, 1 / BINS, 'the correlation');
        for (const [at, state] of STATES.entries()) {
          const { value, unit } = tip[SHORT[state]];
          assert.equal(unit, '%');
          near(value, percent(at, bin), 100 * ROOM, `bin ${bin} of ${a} and ${b}, ${state}`);
        }
      }
    }
  }));

/** The rows of a spectrogram, where there are more lines than these. */
const ROWS = 96;
/** A shade is told with two digits: half of the last one, as a share of the number. */
const TWO_DIGITS = 0.05;

test('the shades of a spectrogram', () =>
  look(async (page) => {
    const lines = LENGTH / 2;
    const total = (window, line) =>
      Math.hypot(...window.map((axis) => statistics.amplitude(axis, line + 1)));
    const [from, to] = shadesOf(await page.locator('.shades-key text').allTextContents());
    for (const [at, state] of STATES.entries()) {
      const chart = figure(page, `spectrogram-${at}`);
      let compared = 0;
      for (const [column, row] of [[0, 5], [7, 39], [30, 70], [44, 79], [59, 95]]) {
        const run = [Math.floor((row * lines) / ROWS), Math.floor(((row + 1) * lines) / ROWS)];
        const all = Array.from({ length: run[1] - run[0] }, (_, one) => total(WINDOWS[state][column], run[0] + one));
        const expected = 1000 * Math.max(...all);
        const plot = await plotBox(chart);
        await page.mouse.move(
          plot.x + ((column + 0.5) / WINDOWS[state].length) * plot.width,
          plot.y + (1 - (row + 0.5) / ROWS) * plot.height,
        );
        const tip = await told(page, chart);
        assert.equal(tip.window.value, column + 1);
        assert.equal(tip.frequency.unit, 'Hz');
        within(tip.frequency.value, ((row + 0.5) / ROWS) * (RATE / 2), FOUR_DIGITS * RATE, 'the frequency');
        assert.equal(tip.amplitude.unit, 'mg');
        // Beyond the last shades there are no others.
        if (expected > from && expected < to) {
          const most = (TWO_DIGITS + SHADE * Math.log(to / from) * 1.2) * expected;
          within(tip.amplitude.value, expected, most, `${state}, window ${column}, row ${row}`);
          compared += 1;
        }
      }
      assert.ok(compared >= 3, `only ${compared} shades of ${state} lie within the key`);
    }
  }));

/** The least and the most that the key of the shades names. */
function shadesOf(texts) {
  const numbers = texts.filter((text) => text.trim() !== '').map(Number).filter(Number.isFinite);
  assert.ok(numbers.length >= 2, `the key says ${texts}`);
  return [Math.min(...numbers), Math.max(...numbers)];
}

test('what is told has a unit, if it is no pure number', () =>
  look(async (page) => {
    const named = Object.fromEntries(
      await page.locator('#ranking tr[data-feature]').evaluateAll((rows) =>
        rows.map((row, at) => [`feature-${at}`, row.dataset.feature]),
      ),
    );
    for (const one of await plots(page)) {
      const id = await one.getAttribute('id');
      await under(page, one, 'svg.plot');
      const { text, who, ...numbers } = await told(page, one);
      const pure = PURE.includes(id) || PURE_FEATURE.test(named[id] ?? '');
      assert.ok(Object.keys(numbers).length > 0, `${id}: ${text}`);
      for (const [name, { unit }] of Object.entries(numbers)) {
        const none = pure || name === 'correlation' || name === 'window';
        assert.match(unit, none ? /^$/ : UNIT, `${id}, ${name}: ${text}`);
      }
    }
  }));
