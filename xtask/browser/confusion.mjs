// The four counts of a page's table of verdicts.

import assert from 'node:assert/strict';

const KEYS = ['true-negatives', 'false-positives', 'false-negatives', 'true-positives'];

/** The counts by name; what is shown to people is the same number. */
export async function confusion(page) {
  const counts = {};
  for (const key of KEYS) {
    const cell = page.locator(`#confusion [data-key="${key}"]`);
    const value = await cell.getAttribute('data-value');
    const shown = (await cell.textContent()).match(/\d+/)?.[0];
    assert.equal(shown, value, `${key}: the text and the number differ`);
    counts[key] = Number(value);
  }
  return counts;
}
