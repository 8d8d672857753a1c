// A part of a chart, by dragging and by keys; the charts of its group follow.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { browser, visit } from './page.mjs';
import { COIN, LOW, MEDIUM, RATE, SHORT, files, recordings } from './recordings.mjs';
import { endsBelow, plotBox, ticksBelow, told, toldAt } from './told.mjs';
import { near, within } from './tolerances.mjs';

const WINDOW = recordings(`fan/${LOW}`)[0][0].length / RATE;
/** A pointer stands on whole pixels of a plot some hundred wide, and ticks on tenths of them. */
const PIXELS = 0.01;

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

const look = (page) => visit(running, 'explore', page);
const group = (page) => page.locator('figure:has(> svg[data-zoom="time"])').all();

/** The ticks of all charts of time. */
async function labels(page) {
  const all = [];
  for (const figure of await group(page)) {
    all.push((await ticksBelow(figure)).map(({ value }) => value));
  }
  return all;
}

/** Sees that all charts of time show this part of the window, and no others do. */
async function shows(page, low, high) {
  const figures = await group(page);
  assert.equal(figures.length, 6);
  for (const figure of figures) {
    const [from, to] = await endsBelow(figure);
    const id = await figure.getAttribute('id');
    within(from, low * WINDOW, PIXELS * WINDOW, `${id} begins`);
    within(to, high * WINDOW, PIXELS * WINDOW, `${id} ends`);
    const whole = figure.getByRole('button', { name: 'whole range' });
    assert.equal(await whole.isVisible(), high - low < 1, `${id}: the button`);
  }
  const [from, to] = await endsBelow(page.locator('#spectrum-1'));
  within(from, 0, PIXELS * RATE, 'the spectrum begins');
  within(to, RATE / 2, PIXELS * RATE, 'the spectrum ends');
}

async function drag(page, from, to) {
  const plot = await plotBox(page.locator('#raw-1'));
  const middle = plot.y + plot.height / 2;
  await page.mouse.move(plot.x + from * plot.width, middle);
  await page.mouse.down();
  await page.mouse.move(plot.x + ((from + to) / 2) * plot.width, middle);
  await page.mouse.move(plot.x + to * plot.width, middle);
  await page.mouse.up();
}

test('dragging shows a part on all charts of the group, and a button all again', () =>
  look(async (page) => {
    const before = await labels(page);
    await shows(page, 0, 1);
    await drag(page, 0.25, 0.5);
    await shows(page, 0.25, 0.5);
    // A part of a part, from right to left.
    await drag(page, 0.8, 0.4);
    await shows(page, 0.35, 0.45);
    await page.locator('#about-mean-2').getByRole('button', { name: 'whole range' }).click();
    await shows(page, 0, 1);
    assert.deepEqual(await labels(page), before);
  }));

test('keys show a part too', () =>
  look(async (page) => {
    await page.locator('#raw-3 svg[tabindex="0"]').focus();
    for (const [key, low, high] of [
      ['+', 0.25, 0.75],
      ['+', 0.375, 0.625],
      ['Shift+ArrowRight', 0.4375, 0.6875],
      ['Shift+ArrowLeft', 0.375, 0.625],
      ['-', 0.25, 0.75],
      ['Shift+ArrowRight', 0.375, 0.875],
      ['Shift+ArrowRight', 0.5, 1],
      // There is nothing beyond the end.
      ['Shift+ArrowRight', 0.5, 1],
      ['0', 0, 1],
      ['-', 0, 1],
    ]) {
      await page.keyboard.press(key);
      await shows(page, low, high);
    }
  }));

test('the pointer and the arrow keys tell what stands in the part', () =>
  look(async (page) => {
    const text = await page.locator('#waveforms p').first().innerText();
    const named = text.match(new RegExp(`${SHORT[LOW]} (\\d+\\.csv)`))[1];
    const window = recordings(`fan/${LOW}`)[files(`fan/${LOW}`).indexOf(named)];
    const right = (tip, reading, axis) => {
      within(tip.time.value, reading / RATE, 1e-4, 'the time');
      near(tip[SHORT[LOW]].value, window[axis][reading], 1, `reading ${reading}`);
    };
    await drag(page, 0.25, 0.5);
    right(await toldAt(page, page.locator('#raw-1'), 70 / RATE), 70, 0);
    right(await toldAt(page, page.locator('#raw-2'), 90 / RATE), 90, 1);
    const figure = page.locator('#raw-1');
    await page.mouse.move(0, 0);
    await figure.locator('svg[tabindex="0"]').focus();
    const spoken = async (key) => {
      await page.keyboard.press(key);
      const tip = await told(page, figure);
      // What is told can be seen: the cursor stands in the plot.
      const [plot, cursor] = [await plotBox(figure), await figure.locator('.cursor').boundingBox()];
      assert.ok(cursor.x >= plot.x - 1 && cursor.x <= plot.x + plot.width + 1, `${key}: out of sight`);
      return tip;
    };
    const first = Math.round((await spoken('ArrowRight')).time.value * RATE);
    within(first, 0.25 * WINDOW * RATE, PIXELS * WINDOW * RATE, 'the first reading');
    right(await spoken('ArrowRight'), first + 1, 0);
    right(await spoken('PageDown'), first + 11, 0);
    right(await spoken('ArrowLeft'), first + 10, 0);
    for (let page = 0; page < 10; page += 1) {
      await spoken('PageDown');
    }
    const last = Math.round((await spoken('ArrowRight')).time.value * RATE);
    within(last, 0.5 * WINDOW * RATE, PIXELS * WINDOW * RATE, 'the last reading');
  }));

test('arrow keys go from bin to bin, through the points of all states, and over shades', () =>
  look(async (page) => {
    const steps = async (id, keys) => {
      const figure = page.locator(`#${id}`);
      await figure.locator('svg[tabindex="0"]').focus();
      const tips = [];
      for (const key of keys) {
        await page.keyboard.press(key);
        tips.push(await told(page, figure));
      }
      return tips;
    };
    const right = (count) => Array(count).fill('ArrowRight');
    const bins = await steps('correlation-1-2', right(41));
    const centers = bins.map((tip) => tip.correlation.value);
    const expected = Array.from({ length: 40 }, (_, bin) => -1 + (bin + 0.5) / 20);
    for (const [at, center] of [...expected, expected.at(-1)].entries()) {
      within(centers[at], center, 1e-3, `bin ${at}`);
    }
    const points = await steps('feature-0', Array(19).fill('PageDown'));
    const states = new Set(points.map((tip) => tip.who.split(',')[0]));
    assert.deepEqual([...states], [SHORT[LOW], SHORT[MEDIUM], SHORT[COIN]]);
    const shades = await steps('spectrogram-1', [...right(3), 'ArrowUp', 'ArrowDown', 'ArrowLeft']);
    assert.deepEqual(shades.map((tip) => tip.window.value), [1, 2, 3, 3, 3, 2]);
    const hertz = shades.map((tip) => tip.frequency.value);
    assert.ok(hertz[3] > hertz[2], 'ArrowUp');
    assert.equal(hertz[4], hertz[2], 'ArrowDown');
  }));
