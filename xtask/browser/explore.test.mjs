// The numbers of `judder explore` are those of the recordings.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { clouds } from './charts.mjs';
import { browser, settled, visit } from './page.mjs';
import { COIN, LOW, MEDIUM, recordings } from './recordings.mjs';
import { folded, mad, mean, median, shareHigher } from './statistics.mjs';

/** Of a value: features are computed in single precision, which has seven digits. */
const SINGLE_PRECISION = 1e-6;
/** Of an area: a few thousand pairs are counted exactly, and only their share is rounded. */
const ROUNDED_SHARE = 1e-9;

const AXES = ['x', 'y', 'z'];

/** By state and axis, the deviation of each window: a recording is one. */
const deviations = Object.fromEntries(
  [LOW, MEDIUM, COIN].map((state) => {
    const windows = recordings(`fan/${state}`);
    assert.equal(windows.length, 60, `recordings of ${state}`);
    return [state, AXES.map((_, axis) => windows.map((window) => mad(window[axis])))];
  }),
);

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

test('the medians are those of the recordings', () =>
  visit(running, 'explore', async (page) => {
    const rows = page.locator('#medians tr[data-state]');
    const states = await rows.evaluateAll((all) => all.map((row) => row.dataset.state));
    assert.deepEqual(states.sort(), [LOW, MEDIUM, COIN].sort());
    for (const [state, axes] of Object.entries(deviations)) {
      for (const [axis, values] of axes.entries()) {
        const cell = `#medians tr[data-state="${state}"] td[data-key="mad ${AXES[axis]}"]`;
        const shown = Number(await page.locator(cell).getAttribute('data-value'));
        near(shown, median(values), SINGLE_PRECISION * median(values), cell);
      }
    }
  }));

// Against low speed alone, one number is higher with the coin and the others are lower.
for (const [name, states] of [['explore', [LOW, MEDIUM]], ['markup-explore', [LOW]]]) {
  test(`the ranking of ${name}.html is by what tells anomalies from normal windows`, () =>
    visit(running, name, async (page) => {
      for (const [at, axis] of AXES.entries()) {
        await ranked(page, `mad ${axis}`, told(states, [COIN], (state) => deviations[state][at]));
      }
      const rows = page.locator('#ranking tr[data-feature]');
      const areas = await rows.evaluateAll((all) => all.map((row) => Number(row.dataset.auc)));
      assert.deepEqual(areas, areas.toSorted((a, b) => b - a), 'the best is first');
      assert.ok(areas.every((area) => area >= 0.5 && area <= 1));
    }));
}

test('the cloud shows and hides a state as the charts do', () =>
  visit(running, 'explore', async (page) => {
    assert.ok((await clouds(page)).length > 0, 'no cloud');
    const canvas = page.locator('#cloud-mad canvas');
    const drawn = async () => {
      await settled(page);
      return canvas.screenshot();
    };
    const before = await drawn();
    await page.locator('button.state').first().click();
    const without = await drawn();
    assert.ok(!without.equals(before), 'a hidden state is still drawn');
    await page.locator('button.state').first().click();
    const again = await drawn();
    assert.ok(again.equals(before), 'a state that is shown again is not drawn as before');
  }));

/** What the ranking says of a number that separates by these areas, of each anomalous state one. */
async function ranked(page, feature, areas) {
  const row = page.locator(`#ranking tr[data-feature="${feature}"]`);
  const shown = Number(await row.getAttribute('data-auc'));
  near(shown, mean(areas.map(folded)), ROUNDED_SHARE, feature);
  const sides = new Set(areas.map((area) => area > 0.5));
  // A number that tells nothing is neither higher nor lower.
  if (!areas.includes(0.5)) {
    const side = sides.size === 1 ? String([...sides][0]) : null;
    assert.equal(await row.getAttribute('data-higher'), side, feature);
  }
}

/** Of each anomalous state the share of pairs against the normal state that it is most like. */
function told(normal, anomalous, values) {
  return anomalous.map((state) => {
    const areas = normal.map((one) => shareHigher(values(one), values(state)));
    return areas.reduce((least, area) => (folded(area) < folded(least) ? area : least));
  });
}

function near(shown, expected, tolerance, what) {
  const message = `${what}: ${shown} is shown, ${expected} expected`;
  assert.ok(Math.abs(shown - expected) <= tolerance, message);
}
