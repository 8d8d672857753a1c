// Every page has room for its texts in every font that may be the only one.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { crowded, crowdedPictures, cut, overflowing } from './faults.mjs';
import { FLEETS, VIEWS, figures, visitFleet } from './fleets.mjs';
import { NAMES } from './fonts.mjs';
import { browser, pages, settled, visit } from './page.mjs';

const WIDTHS = [1280, 390];
/** So often a key turns a cloud all the way round, or as far up as it goes. */
const TURNS = { ArrowRight: 36, ArrowUp: 8 };

for (const font of NAMES) {
  describe(`in ${font} alone`, () => {
    let running;
    before(async () => {
      running = await browser(font);
    });
    after(() => running.close());

    for (const name of pages()) {
      test(`${name}.html has room for its texts`, () =>
        visit(running, name, (page) =>
          roomy(page, async () => {
            for (const [key, times] of Object.entries(TURNS)) {
              assert.deepEqual(await crowdedPictures(page, key, times), []);
            }
            await zoomed(page);
          })));
    }

    for (const [name, fleet] of Object.entries(FLEETS)) {
      for (const view of VIEWS) {
        test(`${name}, #/${view} has room for its texts`, () =>
          visitFleet(running, fleet(), view, async (page) => {
            if (view.startsWith('device/') && name === 'strange') await figures(page);
            await roomy(page, () => {});
          }));
      }
    }
  });
}

/** Sees that texts have room, wide and narrow, and after what else is done. */
async function roomy(page, more) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await settled(page);
    const faults = async () => [...(await overflowing(page)), ...(await crowded(page)), ...(await cut(page))];
    assert.deepEqual(await faults(), [], `${width} pixels`);
    await more();
    assert.deepEqual(await crowded(page), [], `${width} pixels, zoomed`);
  }
}

/** Shows a small part of all charts that can be zoomed. */
async function zoomed(page) {
  await page.evaluate(() => {
    for (const chart of document.querySelectorAll('svg[data-zoom]')) {
      for (const key of ['0', '+', '+', '+', '+']) chart.dispatchEvent(new KeyboardEvent('keydown', { key }));
    }
  });
}
