// What `judder train --report` says of the model is what stands in the model's file.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { confusion } from './confusion.mjs';
import { FOLDER, browser, visit } from './page.mjs';

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

test('the verdicts are those on windows that the fit had not seen', () =>
  visit(running, 'train', async (page) => {
    const model = JSON.parse(readFileSync(join(FOLDER, 'fan.model.json'), 'utf8'));
    const unseen = model.figures.find((figures) => figures.split === 'time-ordered');
    // The last fifth of 60 recordings was held out.
    assert.equal(unseen.normal_windows, 48);
    assert.equal(unseen.anomaly_windows, 60);
    assert.deepEqual(await confusion(page), {
      'true-negatives': unseen.normal_windows - unseen.false_alarms,
      'false-positives': unseen.false_alarms,
      'false-negatives': unseen.missed,
      'true-positives': unseen.anomaly_windows - unseen.missed,
    });
  }));

test('the facts are there', () =>
  visit(running, 'train', async (page) => {
    assert.match(await page.locator('#facts').innerText(), /\d/);
  }));
