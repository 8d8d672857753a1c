// A folder may be called anything: its name is shown as it is, and nothing in it runs.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { FOLDER, browser, visit } from './page.mjs';

const MARKED_UP = readdirSync(join(FOLDER, 'markup'));

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

for (const name of ['markup-explore', 'markup-train', 'markup-evaluate']) {
  test(`${name}.html shows names as they are`, () =>
    visit(running, name, async (page) => {
      assert.equal(MARKED_UP.length, 2);
      const legend = (await page.locator('button.state').allInnerTexts()).join('\n');
      for (const folder of MARKED_UP) {
        assert.ok(legend.includes(folder), `${folder} is not in the legend:\n${legend}`);
      }
      const scripts = await page.locator('script').allTextContents();
      assert.ok(!scripts.some((script) => script.startsWith('alert(1)')), 'a name became a script');
    }));
}

test('a row carries the name as it is', () =>
  visit(running, 'markup-explore', async (page) => {
    const rows = page.locator('#medians tr[data-state]');
    const states = await rows.evaluateAll((all) => all.map((row) => row.dataset.state));
    assert.deepEqual(states.sort(), [...MARKED_UP].sort());
  }));
