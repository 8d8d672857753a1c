// What holds for every page, whatever it is about.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { crowded, overflowing, untold } from './faults.mjs';
import { browser, pages, settled, visit } from './page.mjs';

/** A page can be sent by mail, whatever is in it; in bytes. */
const LARGEST = 1_500_000;

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

for (const name of pages()) {
  describe(`${name}.html`, () => {
    test('loads without an error and asks for nothing', (t) =>
      visit(running, name, async (page) => {
        const took = await page.evaluate(() => {
          const [load] = performance.getEntriesByType('navigation');
          return load.loadEventStart;
        });
        const bytes = Buffer.byteLength(await page.content());
        t.diagnostic(
          `${name}.html: ${took.toFixed(1)} ms to load, ${bytes >> 10} KiB`,
        );
        assert.ok(bytes <= LARGEST, `${bytes} bytes`);
      }));

    for (const width of [1280, 390]) {
      test(`fits into ${width} pixels`, () =>
        visit(
          running,
          name,
          async (page) => assert.deepEqual(await overflowing(page), []),
          { width },
        ));

      test(`has room for its texts in ${width} pixels`, () =>
        visit(
          running,
          name,
          async (page) => assert.deepEqual(await crowded(page), []),
          { width },
        ));
    }

    test('can be told by a screen reader', () =>
      visit(running, name, async (page) => assert.deepEqual(await untold(page), [])));

    test('is light or dark as the reader has it, and as the switch says', async () => {
      const seen = {};
      for (const [scheme, other] of [['light', 'dark'], ['dark', 'light']]) {
        const look = async (page) => {
          seen[scheme] = await background(page);
          await page.locator('#theme').click();
          assert.equal(await theme(page), other);
          seen[`${scheme} switched`] = await background(page);
          await page.locator('#theme').click();
          assert.equal(await theme(page), scheme);
          assert.equal(await background(page), seen[scheme]);
        };
        await visit(running, name, look, { scheme });
      }
      assert.notEqual(seen.light, seen.dark);
      assert.equal(seen['light switched'], seen.dark);
      assert.equal(seen['dark switched'], seen.light);
    });

    test('shows and hides a state on all charts', () =>
      visit(running, name, async (page) => {
        const buttons = await page.locator('button.state').all();
        assert.ok(buttons.length > 0, 'no legend');
        for (const button of buttons) {
          const state = await button.getAttribute('data-state');
          const before = await displays(page);
          assert.ok(state in before, `nothing is drawn of state ${state}`);
          await button.click();
          assert.equal(await button.getAttribute('aria-pressed'), 'false');
          const hidden = before[state].map(() => 'none');
          assert.deepEqual(await displays(page), { ...before, [state]: hidden });
          await button.click();
          assert.equal(await button.getAttribute('aria-pressed'), 'true');
          assert.deepEqual(await displays(page), before);
          assert.ok(before[state].some((display) => display !== 'none'));
        }
      }));
  });
}

async function theme(page) {
  return page.evaluate(() => document.documentElement.dataset.theme);
}

async function background(page) {
  await settled(page);
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

/** How everything that belongs to a state is displayed: lists by the state's number. */
function displays(page) {
  return page.evaluate(() => {
    const found = {};
    for (const one of document.querySelectorAll('[data-s]')) {
      (found[one.dataset.s] ??= []).push(getComputedStyle(one).display);
    }
    return found;
  });
}
