// The charts of every page say their values, to a pointer and to a keyboard.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { browser, pages, visit } from './page.mjs';
import { clouds, plots, said, turned, under } from './charts.mjs';

const NUMBER = /\d/;

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

/** Pages that differ from others by their names alone, or by many more points, are not gone through. */
const ALIKE = /^(markup-|mislabelled|long-names|real-fan)/;

for (const name of pages().filter((name) => !ALIKE.test(name))) {
  describe(`${name}.html`, () => {
    test('tells the values under the pointer', () =>
      visit(running, name, async (page) => {
        const figures = await plots(page);
        assert.ok(figures.length > 0, 'no chart');
        for (const figure of figures) {
          const text = await under(page, figure, 'svg.plot');
          assert.match(text, NUMBER, `chart ${await figure.getAttribute('id')}`);
        }
      }));

    test('tells the values by arrow keys', () =>
      visit(running, name, async (page) => {
        for (const figure of await plots(page)) {
          const chart = `chart ${await figure.getAttribute('id')}`;
          const key = async (arrow) => {
            await page.keyboard.press(arrow);
            return said(page, figure);
          };
          await figure.locator('svg[tabindex="0"]').focus();
          const first = await key('ArrowRight');
          assert.match(first, NUMBER, chart);
          assert.notEqual(await key('ArrowRight'), first, `${chart}: the next`);
          assert.equal(await key('ArrowLeft'), first, `${chart}: the one before`);
        }
      }));

    test('turns its clouds by arrow keys, and names their points', () =>
      visit(running, name, async (page) => {
        for (const cloud of await clouds(page)) {
          assert.match(await under(page, cloud, 'canvas'), NUMBER, 'a point');
          await turned(page, cloud, 'ArrowRight', 'yaw');
          await turned(page, cloud, 'ArrowUp', 'pitch');
        }
      }));
  });
}
