// The charts of a page, pointed at and turned.

import assert from 'node:assert/strict';

import { settled } from './page.mjs';

/** Places along a side at which a pointer tries: a cloud's points are some pixels wide. */
const PLACES = 40;

/** The charts with two axes. */
export const plots = (page) => page.locator('figure.chart:not(.cloud)').all();

/** The charts with three. */
export const clouds = (page) => page.locator('figure.chart.cloud').all();

/** What a figure says now of the place that is looked at. */
export async function said(page, figure) {
  await settled(page);
  return (await figure.locator('output').textContent()).trim();
}

/** What a figure says under the pointer, which goes from the middle on until it says something. */
export async function under(page, figure, part) {
  const drawing = figure.locator(part);
  await drawing.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await drawing.boundingBox();
  const places = Array.from({ length: PLACES }, (_, at) => (at + 0.5) / PLACES);
  places.sort((a, b) => Math.abs(a - 0.5) - Math.abs(b - 0.5));
  for (const down of places) {
    for (const across of places) {
      await page.mouse.move(x + across * width, y + down * height);
      const text = (await figure.locator('output').textContent()).trim();
      if (text) {
        return text;
      }
    }
  }
  return '';
}

/** Turns a cloud by a key, and sees that the angle and what is drawn are others. */
export async function turned(page, cloud, key, angle) {
  const canvas = cloud.locator('canvas');
  const look = async () => {
    await settled(page);
    const degrees = await canvas.evaluate((one, name) => one.dataset[name], angle);
    return { degrees: Number.parseFloat(degrees), drawn: await canvas.screenshot() };
  };
  await canvas.focus();
  // The first key may also put away what the pointer was told.
  await page.mouse.move(0, 0);
  const before = await look();
  await page.keyboard.press(key);
  const after = await look();
  assert.ok(Number.isFinite(before.degrees), `no ${angle}`);
  assert.ok(Number.isFinite(after.degrees), `no ${angle} after ${key}`);
  assert.notEqual(after.degrees, before.degrees, `${angle} after ${key}`);
  assert.ok(!after.drawn.equals(before.drawn), `the picture after ${key}`);
}
