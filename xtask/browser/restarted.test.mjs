// The live page after the server has started again: what was seen last, until something comes; and devices of which
// nothing is judged.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { FOLDER, browser, open } from './page.mjs';
import { boards, serve } from './served.mjs';
import { alert, device, fleetOf, serve as stub } from './stub.mjs';

const MODEL = join(FOLDER, 'fan.model.json');
const PATIENCE = 60_000;

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

const heading = (page, text) =>
  page.waitForFunction((text) => document.querySelector('h1').innerText === text, text, { timeout: PATIENCE });

/** What the cards look like. */
const cards = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.card')].map((card) => ({
      name: card.querySelector('h2').textContent,
      state: card.dataset.state,
      dimmed: Number(getComputedStyle(card.querySelector('.card-score')).opacity) < 1,
      score: card.querySelector('.card-score b').textContent,
      drawn: Boolean(card.querySelector('.spark .cold').getAttribute('d')),
      border: getComputedStyle(card).borderLeftColor,
      text: card.innerText,
    })),
  );

test('after a restart the last state is there, dimmed, and who was alarmed is red', async () => {
  const server = await serve(MODEL);
  const coin = ['--boards', '2', '--every', '0.25', '--coin-after', '2', '--coin-for', '1000'];
  let fans = boards(server.url, ...coin), reader;
  try {
    reader = await open(running, server.url);
    await heading(reader.page, '1 anomaly on 2 devices');
    await fans.stop();
    await reader.close();
    const url = await server.again();
    for (const options of [{ width: 1280 }, { width: 390, scheme: 'dark' }]) {
      reader = await open(running, url, options);
      const { page } = reader;
      await heading(page, '1 anomaly on 2 devices');
      const [alarmed, well] = await cards(page);
      assert.deepEqual([alarmed.name, alarmed.state, well.name, well.state], ['simulated-0', 'anomaly', 'simulated-1', 'normal']);
      for (const one of [alarmed, well]) {
        assert.ok(one.dimmed && one.drawn, JSON.stringify(one));
        assert.match(one.score, /^\d+(\.\d+)?$/);
        assert.match(one.text, /before the restart/);
        assert.doesNotMatch(one.text, /null|undefined|NaN/);
      }
      assert.ok(Number(alarmed.score) > 1 && Number(well.score) < 1, `${alarmed.score} ${well.score}`);
      const [red, green, blue] = alarmed.border.match(/[\d.]+/g).map(Number);
      assert.ok(red > 1.5 * green && red > 1.5 * blue && alarmed.border !== well.border, alarmed.border);
      assert.deepEqual(await page.locator('.beside .alert .who').allTextContents(), ['simulated-0']);
      await page.locator('.card a').nth(1).click();
      await page.locator('.tiles').waitFor();
      assert.ok(await page.locator('.restored').isVisible());
      assert.doesNotMatch(await page.locator('main').innerText(), /null|undefined|NaN/);
      if (options.scheme !== 'dark') await reader.close();
    }
    // It counts on where it was, and then nothing is of before.
    const { page } = reader;
    fans = boards(url, ...coin, '--from', '400');
    await page.goto(url);
    await page.waitForFunction(() => document.querySelectorAll('.card').length === 2 && !document.querySelector('.card[data-restored]'), null, { timeout: PATIENCE });
    assert.ok((await cards(page)).every((one) => !one.dimmed));
    assert.deepEqual(reader.heard, []);
  } finally {
    await reader?.close();
    await fans.stop();
    await server.stop();
  }
});

test('who is not judged is in the headline, with how often that hid a score above the threshold', async () => {
  const words = 'handled: 20 windows in a row, in 80 s, were not judged; 17 of them are above the threshold';
  const devices = [
    device('well'),
    device('hidden', { state: 'handled', score: null, conditions: ['unjudged'], unjudged: 20, excused: 17 }),
    device('turned', { state: 'remounted', score: null, conditions: ['remounted'] }),
  ];
  const server = await stub(fleetOf(devices, { alerts: [alert(1, 'hidden', { kind: 'unjudged', words })] }));
  const reader = await open(running, server.url);
  const { page } = reader;
  try {
    await heading(page, '2 of 3 devices are not judged');
    assert.match(await page.title(), /^3 devices, 2 not judged · judder$/);
    const hidden = page.locator('.card').filter({ hasText: 'hidden' });
    assert.match(await hidden.innerText(), /17 excused/);
    server.tell({ devices: [device('turned'), device('well', { state: 'anomaly', conditions: ['anomaly'] })] });
    await heading(page, '1 anomaly on 3 devices, 1 is not judged');
    await page.goto(`${server.url}#/device/hidden`);
    await page.getByText('17 windows above the threshold were not judged').waitFor();
    server.tell({ devices: [device('hidden', { every_s: null })] });
    await page.getByText('pace not known yet').waitFor();
    assert.deepEqual(reader.heard, []);
  } finally {
    await reader.close();
    await server.stop();
  }
});
