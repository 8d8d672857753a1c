// Places of a chart on the screen, found by its ticks, and what is told there.

import assert from 'node:assert/strict';

import { settled } from './page.mjs';

/** Where a plot lies on the screen. */
export async function plotBox(figure) {
  await figure.scrollIntoViewIfNeeded();
  return figure.locator('svg.plot').evaluate((plot) => {
    const chart = plot.ownerSVGElement;
    const box = chart.getBoundingClientRect();
    const scale = box.width / chart.viewBox.baseVal.width;
    const of = (name) => plot[name].baseVal.value * scale;
    return { x: box.x + of('x'), y: box.y + of('y'), width: of('width'), height: of('height') };
  });
}

/** The round values that stand below a chart, from the left: `{ value, at }` with a place on the screen. */
export async function ticksBelow(figure) {
  const plot = await plotBox(figure);
  const texts = await figure.locator('> svg').evaluate((chart) =>
    [...chart.querySelectorAll('.across text')].map((text) => {
      // At the ends of a chart a text stands beside its line.
      const line = text.previousElementSibling.getBoundingClientRect();
      return { label: text.textContent, at: line.x + line.width / 2, y: text.getBoundingClientRect().y };
    }),
  );
  const below = texts.filter(({ label, y }) => y >= plot.y + plot.height && Number.isFinite(Number(label)));
  return below.map(({ label, at }) => ({ value: Number(label), at })).sort((a, b) => a.at - b.at);
}

/** Where a value of a linear axis is on the screen, from the outermost ticks. */
export async function placeBelow(figure, value) {
  const ticks = await ticksBelow(figure);
  const [first, last] = [ticks[0], ticks.at(-1)];
  return first.at + ((value - first.value) / (last.value - first.value)) * (last.at - first.at);
}

/** The values at both ends of a linear axis, from the outermost ticks. */
export async function endsBelow(figure) {
  const plot = await plotBox(figure);
  const ticks = await ticksBelow(figure);
  const [first, last] = [ticks[0], ticks.at(-1)];
  const valueAt = (at) =>
    first.value + ((at - first.at) / (last.at - first.at)) * (last.value - first.value);
  return [valueAt(plot.x), valueAt(plot.x + plot.width)];
}

/** Lets the pointer stand at a value of the horizontal axis, half-way up, and takes what is told. */
export async function toldAt(page, figure, value, up = 0.5) {
  const plot = await plotBox(figure);
  await page.mouse.move(await placeBelow(figure, value), plot.y + (1 - up) * plot.height);
  return told(page, figure);
}

/** What is told now: by the name of a quantity or a state its `{ value, unit }`; what is no number, as `who`. */
export async function told(page, figure) {
  await settled(page);
  const said = (await figure.locator('output').textContent()).trim();
  const tip = page.locator('#tip');
  // Who sees and who hears are told the same.
  const seen = (await tip.isVisible()) ? (await tip.textContent()).split('\n').join(' · ') : '';
  assert.equal(seen, said);
  return parsed(said);
}

/** The same of a text. */
export function parsed(text) {
  const all = { text };
  for (const part of text.split(' · ')) {
    const [, name, value, unit] = /^(.+?) (?:about )?(-?[\d.]+(?:e[+-]?\d+)?)(?:\u202f(.+))?$/.exec(part) ?? [];
    if (name === undefined) {
      all.who = part;
    } else {
      all[name] = { value: Number(value), unit: unit ?? '' };
    }
  }
  return all;
}
