// Other ways to look at a page: dark, on paper, without scripts, by keyboard alone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { clouds } from './charts.mjs';
import { browser, pages, settled, visit } from './page.mjs';

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

const background = (page) =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

/** What a canvas has drawn, whatever its size. */
async function brightness(page, canvas) {
  await settled(page);
  return canvas.evaluate((one) => {
    const copy = new OffscreenCanvas(one.width, one.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(one, 0, 0);
    const { data } = copy.getImageData(0, 0, one.width, one.height);
    let [sum, seen] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      // The lines of the box, which are grey: points have colours.
      const [red, green, blue, alpha] = data.slice(at, at + 4);
      if (alpha === 255 && Math.max(red, green, blue) - Math.min(red, green, blue) < 20) {
        sum += (red + green + blue) / 3;
        seen += 1;
      }
    }
    return sum / seen;
  });
}

for (const name of pages()) {
  describe(`${name}.html`, () => {
    test('the switch draws clouds anew', () =>
      visit(running, name, async (page) => {
        for (const cloud of await clouds(page)) {
          const canvas = cloud.locator('canvas');
          const light = await brightness(page, canvas);
          await page.locator('#theme').click();
          const dark = await brightness(page, canvas);
          assert.ok(dark < light - 20, `${dark} is no darker than ${light}`);
          await page.locator('#theme').click();
          assert.equal(await brightness(page, canvas), light);
        }
      }));

    test('is light on paper, without what can be pressed', () =>
      visit(
        running,
        name,
        async (page) => {
          assert.notEqual(await background(page), 'rgb(255, 255, 255)');
          const [cloud] = await clouds(page);
          const dark = cloud && (await brightness(page, cloud.locator('canvas')));
          // As somebody chose it, and as the system has it.
          for (const press of [false, true]) {
            if (press) {
              await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
              await page.locator('#theme').click();
            }
            await page.emulateMedia({ media: 'print' });
            assert.equal(await background(page), 'rgb(255, 255, 255)');
            for (const gone of ['#theme', 'nav', '.legend .all', '.unzoom', '#tip']) {
              for (const one of await page.locator(gone).all()) {
                assert.equal(await one.isVisible(), false, gone);
              }
            }
            if (cloud) {
              const printed = await brightness(page, cloud.locator('canvas'));
              assert.ok(printed > dark + 20, `a cloud is as dark as on the screen: ${printed}`);
            }
          }
        },
        { scheme: 'dark' },
      ));

    test('shows its charts and tables without scripts', () =>
      visit(
        running,
        name,
        async (page) => {
          for (const part of ['figure.chart > svg', 'main table', 'main section', 'button.state']) {
            for (const one of await page.locator(part).all()) {
              // A table may be folded away, which a browser opens by itself.
              const folded = await one.evaluate((element) => {
                const details = element.closest('details');
                return details !== null && details.querySelector('summary') !== null;
              });
              const { width, height } = (await one.boundingBox()) ?? { width: 0, height: 0 };
              assert.ok(folded || (width > 0 && height > 0), `${part} cannot be seen`);
            }
          }
          assert.ok((await page.locator('figure.chart > svg').count()) > 0);
          // A switch that does nothing and an empty picture are not shown.
          assert.equal(await page.locator('#theme').isVisible(), false);
          for (const canvas of await page.locator('canvas').all()) {
            assert.equal(await canvas.isVisible(), false);
          }
        },
        { scripts: false },
      ));

    test('is reached by keyboard, and says where one is', () =>
      visit(running, name, async (page) => {
        const expected = 'a[href], button:visible, svg[tabindex="0"], canvas, summary:visible';
        const unreached = async () => {
          const all = page.locator(expected).and(page.locator(':not([data-tab])'));
          return all.evaluateAll((left) => left.map((one) => one.outerHTML.slice(0, 80)));
        };
        // Browsers stop at what can be scrolled, too.
        const most = (await page.locator(expected).count()) + (await page.locator('.wide, pre').count());
        for (let presses = 0; presses < most; presses += 1) {
          await page.keyboard.press('Tab');
          const { on, shown, covered, out } = await page.evaluate(() => {
            const one = document.activeElement;
            if (one === document.body) {
              return {};
            }
            one.dataset.tab = '';
            const { outlineStyle, outlineWidth } = getComputedStyle(one);
            const box = one.getBoundingClientRect();
            const legend = document.querySelector('.legend');
            const under = legend.getBoundingClientRect().bottom;
            return {
              on: `${one.localName} ${one.closest('figure')?.id ?? one.textContent}`,
              shown: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
              covered: !legend.contains(one) && !one.closest('header') && box.top < under - 1,
              out: box.bottom < 0 || box.top > innerHeight,
            };
          });
          if (on) {
            assert.ok(shown, `${on}: the focus cannot be seen`);
            assert.ok(!out && !covered, `${on} is ${out ? 'out of sight' : 'below the legend'}`);
          }
        }
        assert.deepEqual(await unreached(), []);
      }));
  });
}
