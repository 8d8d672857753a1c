// `judder explore` of the recordings of the real fan, where they are.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { browser, pages, visit } from './page.mjs';
import { recordings } from './recordings.mjs';
import { mad, median } from './statistics.mjs';

/** Of a value: features are computed in single precision, which has seven digits. */
const SINGLE_PRECISION = 1e-6;

const FOLDERS = ['low_0_weight', 'low_0_weight-moving', 'med_0_weight', 'high_0_weight', 'off_0_weight',
  'low_1_weight', 'med_1_weight', 'high_1_weight'].map((state) => `fan_0_${state}`);

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

test('the medians are those of the recordings', { skip: !pages().includes('real-fan') }, () =>
  visit(running, 'real-fan', async (page) => {
    const rows = page.locator('#medians tr[data-state]');
    const states = await rows.evaluateAll((all) => all.map((row) => row.dataset.state));
    assert.deepEqual(states, FOLDERS);
    for (const folder of FOLDERS) {
      const windows = recordings(join(process.env.JUDDER_RECORDINGS, 'ceiling-fan', folder));
      // All are a second long: none is cut, and none left out.
      assert.ok(windows.every((window) => window[0].length === windows[0][0].length), folder);
      const row = page.locator(`#medians tr[data-state="${folder}"]`);
      assert.equal(await row.locator('td').nth(1).innerText(), String(windows.length));
      for (const [axis, letter] of ['x', 'y', 'z'].entries()) {
        const cell = row.locator(`td[data-key="mad ${letter}"]`);
        const shown = Number(await cell.getAttribute('data-value'));
        const expected = median(windows.map((window) => mad(window[axis])));
        const message = `${folder}, mad ${letter}: ${shown} is shown, ${expected} expected`;
        assert.ok(Math.abs(shown - expected) <= SINGLE_PRECISION * expected, message);
      }
    }
  }));
