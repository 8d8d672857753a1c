// The verdicts of `judder evaluate --report` are those that `judder score` gives.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { confusion } from './confusion.mjs';
import { browser, visit } from './page.mjs';
import { COIN, LOW, MEDIUM, scores } from './recordings.mjs';

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

/** The last fifth, which was held out: the model was fitted to the others, and they do not count. */
const unseen = (rows) => rows.slice(Math.floor(rows.length * 0.8));

test('the verdicts are counted right', () =>
  visit(running, 'evaluate', async (page) => {
    const expected = counts(unseen(scores(`fan/${LOW}`)), scores(`fan/${COIN}`));
    assert.deepEqual(await confusion(page), expected);
  }));

// Normal folders called anomalous and the other way round: all four counts are there, and differ.
test('wrong verdicts are counted right too', () =>
  visit(running, 'mislabelled', async (page) => {
    const normal = [...unseen(scores(`fan/${LOW}`)), ...scores(`fan/${MEDIUM}`)];
    const anomalies = [`fan/${COIN}`, `later/${COIN}`, `later/${LOW}`].flatMap(scores);
    const expected = counts(normal, anomalies);
    assert.equal(new Set(Object.values(expected)).size, 4, JSON.stringify(expected));
    assert.ok(!Object.values(expected).includes(0), JSON.stringify(expected));
    assert.deepEqual(await confusion(page), expected);
  }));

test('the facts are there', () =>
  visit(running, 'evaluate', async (page) => {
    assert.match(await page.locator('#facts').innerText(), /\d/);
  }));

function counts(normal, anomalies) {
  // A window in which the sensor was moved is not judged; all others are, whatever a watch says.
  const above = (rows) =>
    rows.filter((row) => row.verdict !== 'handled').map((row) => row.score > row.threshold);
  const count = (list, value) => list.filter((one) => one === value).length;
  const [quiet, strange] = [above(normal), above(anomalies)];
  return {
    'true-negatives': count(quiet, false),
    'false-positives': count(quiet, true),
    'false-negatives': count(strange, false),
    'true-positives': count(strange, true),
  };
}
