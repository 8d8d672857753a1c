// The live page of a server that runs, with boards that post: the coin drops, and is taken off again.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { FOLDER, browser, open } from './page.mjs';
import { boards, serve } from './served.mjs';

const MODEL = join(FOLDER, 'fan.model.json');
/** Recordings of each board a second. */
const PACE = 2;
/** After so many seconds the coin drops, and so long it stays. */
const COIN_AFTER = 12, COIN_FOR = 15;
/** No later is an alert seen, in ms. */
const SOON = 5_000;
const PATIENCE = 60_000;

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

/** What both readers see of the fleet. */
const seen = (page) =>
  page.evaluate(() => ({
    heading: document.querySelector('h1').innerText,
    cards: [...document.querySelectorAll('.card')].map((card) => [card.querySelector('h2').textContent, card.dataset.state]),
    alerts: [...document.querySelectorAll('.beside .alert .who')].map((one) => one.textContent),
  }));

const turned = (page, heading, timeout = PATIENCE) =>
  page.waitForFunction((heading) => document.querySelector('h1').innerText === heading, heading, { timeout });

test('the coin drops, and everybody who looks sees it; it clears when the coin is gone', async () => {
  const server = await serve(MODEL);
  const readers = [await open(running, server.url), await open(running, server.url, { width: 390, scheme: 'dark' })];
  const [page, other] = readers.map((one) => one.page);
  let fans;
  try {
    await turned(page, 'No device yet');
    const began = Date.now();
    fans = boards(server.url, '--boards', '3', '--every', String(1 / PACE), '--coin-after', String(COIN_AFTER), '--coin-for', String(COIN_FOR));
    await turned(page, 'All is normal');
    await page.waitForFunction(() => document.querySelectorAll('.card').length === 3);
    await turned(page, '1 anomaly on 3 devices');
    const after = Date.now() - began - 1000 * COIN_AFTER;
    assert.ok(after < SOON, `${after} ms after the coin`);
    const expected = {
      heading: '1 anomaly on 3 devices',
      cards: [['simulated-0', 'anomaly'], ['simulated-1', 'normal'], ['simulated-2', 'normal']],
      alerts: ['simulated-0'],
    };
    await turned(other, expected.heading, SOON);
    assert.deepEqual(await seen(page), expected);
    assert.deepEqual(await seen(other), expected);
    // The view of the device says why, and shades the time of the alert.
    await other.locator('.card a').first().click();
    await other.locator('#live-history .area').first().waitFor();
    await other.locator('.figures .advice li').first().waitFor();
    assert.match(await other.locator('main .lead').innerText(), / × /);
    await turned(page, 'All is normal');
    assert.deepEqual((await seen(page)).alerts, []);
    await page.goto(`${server.url}#/alerts`);
    await page.locator('main .alert.over').first().waitFor();
    for (const { heard } of readers) assert.deepEqual(heard, []);
  } finally {
    await Promise.all(readers.map((one) => one.close()));
    await fans?.stop();
    await server.stop();
  }
});

test('a session is recorded from the page, and its files are there', async () => {
  const server = await serve(MODEL);
  const fans = boards(server.url, '--boards', '2', '--every', '0.1');
  const reader = await open(running, `${server.url}#/record`);
  const { page, heard } = reader;
  try {
    await page.getByLabel('Label').fill('fan_0_low_0_weight');
    await page.getByLabel('Until there are so many recordings').fill('30');
    await page.waitForFunction(() => [...document.querySelectorAll('#device option')].some((one) => one.value === 'simulated-1'));
    await page.getByLabel('Of', { exact: true }).selectOption('simulated-1');
    await page.getByText('Start recording').click();
    await page.locator('.running progress').waitFor();
    await page.locator('#live-waveform').waitFor();
    await page.getByText('Start recording').waitFor({ timeout: PATIENCE });
    const row = page.locator('tbody tr').filter({ hasText: 'fan_0_low_0_weight' });
    await row.waitFor();
    assert.equal(await row.locator('td').first().innerText(), '30');
    const folder = join(server.kept, 'fan_0_low_0_weight');
    const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
    assert.equal(files.length, 30);
    const lines = readFileSync(join(folder, 'recording.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
    assert.ok(lines.every((line) => line.device === 'simulated-1'));
    assert.deepEqual(heard, []);
  } finally {
    await reader.close();
    await fans.stop();
    await server.stop();
  }
});
