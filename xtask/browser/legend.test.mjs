// The legend: a state alone, all again; what is hidden is not told.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { browser, visit } from './page.mjs';
import { COIN, LOW, MEDIUM, SHORT } from './recordings.mjs';
import { plotBox, told, toldAt } from './told.mjs';

const ALL = [LOW, MEDIUM, COIN].map((state) => SHORT[state]);

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

const look = (page) => visit(running, 'explore', page);
const button = (page, state) => page.locator('button.state').filter({ hasText: SHORT[state] });
const pressed = (page) =>
  page.locator('button.state').evaluateAll((all) => all.map((one) => one.getAttribute('aria-pressed')));

/** The states that charts of both kinds tell of: where all have a value, and each in its row. */
async function toldOf(page) {
  const tip = await toldAt(page, page.locator('#raw-1'), 0.3);
  const column = ALL.filter((name) => name in tip);
  const strip = page.locator('#feature-0');
  const rows = new Set();
  for (const [row] of ALL.entries()) {
    for (const across of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const plot = await plotBox(strip);
      await page.mouse.move(
        plot.x + across * plot.width,
        plot.y + ((row + 0.5) / ALL.length) * plot.height,
      );
      rows.add((await told(page, strip)).who?.split(', ')[0]);
    }
  }
  rows.delete(undefined);
  return [column, ALL.filter((name) => rows.has(name))];
}

test('a state is hidden from what is told', () =>
  look(async (page) => {
    assert.deepEqual(await toldOf(page), [ALL, ALL]);
    await button(page, MEDIUM).click();
    const others = [SHORT[LOW], SHORT[COIN]];
    assert.deepEqual(await toldOf(page), [others, others]);
  }));

test('with Shift a state is shown alone, and a button shows all', () =>
  look(async (page) => {
    const all = page.getByRole('button', { name: 'show all' });
    assert.equal(await all.isVisible(), false);
    await button(page, COIN).click({ modifiers: ['Shift'] });
    assert.deepEqual(await pressed(page), ['false', 'false', 'true']);
    assert.deepEqual(await toldOf(page), [[SHORT[COIN]], [SHORT[COIN]]]);
    for (const [at, visible] of [false, false, true].entries()) {
      assert.equal(await page.locator(`#spectrogram-${at}`).isVisible(), visible, `spectrogram ${at}`);
    }
    await all.click();
    assert.deepEqual(await pressed(page), ['true', 'true', 'true']);
    assert.deepEqual(await toldOf(page), [ALL, ALL]);
    assert.equal(await all.isVisible(), false);
  }));
