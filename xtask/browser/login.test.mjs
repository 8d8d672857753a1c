// Being let in by the token, and let out again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { browser, open, tokens } from './page.mjs';
import { serve } from './served.mjs';

let running, server;
before(async () => {
  running = await browser();
  server = await serve();
});
after(async () => {
  await running.close();
  await server.stop();
});

const token = () => tokens.get(new URL(server.url).origin);
const heading = (page, text) => page.waitForFunction((text) => document.querySelector('h1')?.innerText === text, text);
/** What is not to be heard, beside that a stranger is refused. */
const strange = (heard) => heard.filter((one) => !/Failed to load resource.*401/.test(one));

test('a stranger is asked for the token, and is let in by it once for all', async () => {
  for (const options of [{ width: 1280 }, { width: 390, scheme: 'dark' }]) {
    const { page, heard, close } = await open(running, server.url, { ...options, stranger: true });
    try {
      await heading(page, 'The token, please');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= options.width, `${wide} on ${options.width}`);
      await page.getByLabel('Token, or the whole link').fill('a-wrong-one-0123456789');
      await page.getByRole('button').click();
      await page.getByRole('alert').getByText('not the token of this server').waitFor();
      await page.getByLabel('Token, or the whole link').fill(` ${server.url}?token=${token()} `);
      await page.getByRole('button').click();
      await heading(page, 'No device yet');
      assert.equal(page.url(), server.url, 'the token leaves the address');
      await page.reload();
      await heading(page, 'No device yet');
      assert.deepEqual(strange(heard), []);
    } finally {
      await close();
    }
  }
});

test('a link with the token opens the view that it names', async () => {
  const { page, heard, close } = await open(running, `${server.url}?token=${token()}#/models`, { stranger: true });
  try {
    await heading(page, 'Models');
    assert.equal(page.url(), `${server.url}#/models`);
    assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees it');
    assert.deepEqual(heard, []);
  } finally {
    await close();
  }
});

test('who logs out is out in all windows, and others stay', async () => {
  const first = await open(running, server.url, { width: 390 });
  const other = await open(running, server.url);
  const { page } = first;
  try {
    await heading(page, 'No device yet');
    await heading(other.page, 'No device yet');
    const window = await page.context().newPage();
    await window.goto(server.url);
    await heading(window, 'No device yet');
    await page.getByRole('button', { name: 'Log out' }).click();
    await heading(page, 'The token, please');
    assert.match(await page.locator('main').innerText(), /Give the token|open that link/);
    await window.locator('#lost').getByText('logged out').waitFor();
    await other.page.reload();
    await heading(other.page, 'No device yet');
    assert.deepEqual(other.heard, []);
    assert.deepEqual(strange(first.heard), []);
  } finally {
    await first.close();
    await other.close();
  }
});

test('the button is where there is room for it', async () => {
  for (const width of [320, 390, 640, 1280]) {
    const { page, close } = await open(running, server.url, { width });
    try {
      await heading(page, 'No device yet');
      const boxes = await page.evaluate(() =>
        [...document.querySelectorAll('.bar > :not(.tools), .tools > *')].map((one) => {
          const { left, right, top, bottom } = one.getBoundingClientRect();
          return { id: one.id || one.className, left, right, top, bottom };
        }),
      );
      for (const [at, one] of boxes.entries()) {
        assert.ok(one.left >= 0 && one.right <= width, `${width}: ${JSON.stringify(one)}`);
        for (const next of boxes.slice(at + 1)) {
          const apart = one.right <= next.left + 0.5 || next.right <= one.left + 0.5 || one.bottom <= next.top + 0.5 || next.bottom <= one.top + 0.5;
          assert.ok(apart, `${width}: ${one.id} lies on ${next.id}`);
        }
      }
    } finally {
      await close();
    }
  }
});
