// A page with everything wrong: the tests that find nothing wrong elsewhere would find it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { crowded, overflowing, untold } from './faults.mjs';
import { browser, open, settled } from './page.mjs';

const WRONG = `data:text/html,<!doctype html><h1>one</h1><h1>two</h1>
<figure id="a"><svg></svg><canvas aria-labelledby="nothing"></canvas></figure><button> </button>
<p style="width: 2000px" id="wide">wide</p>
<img src="http://elsewhere.invalid/picture.png">
<script>console.error('said'); alert('asked'); fetch('http://elsewhere.invalid/data').catch(() => 0);
new WebSocket('ws://elsewhere.invalid/socket'); throw new Error('thrown')</script>`;

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

test('what a page does and should not is heard', async () => {
  const { page, heard, close } = await open(running, WRONG);
  await settled(page);
  for (const one of [
    'console error: said',
    'page error: thrown',
    'dialog: asked',
    'request: http://elsewhere.invalid/picture.png',
    'request: http://elsewhere.invalid/data',
    'request: ws://elsewhere.invalid/socket',
  ]) {
    assert.ok(heard.includes(one), `${one} is not among ${JSON.stringify(heard)}`);
  }
  await close();
});

test('what is too wide or without a name is seen', async () => {
  const { page, close } = await open(running, WRONG);
  assert.match((await overflowing(page)).join(), /p#wide/);
  assert.deepEqual(
    (await untold(page)).map((one) => one.replace(/: <.*/, '')),
    [
      'html has no lang',
      'no title',
      '2 h1',
      'svg in figure a: no name',
      'canvas in figure a: no name',
      'button without text',
    ],
  );
  await close();
});

test('texts that lie on each other, on what is drawn, or outside are seen', async () => {
  const chart = `data:text/html,<!doctype html><figure class="chart" id="a">
<svg viewBox="0 0 200 100" width="200" height="100">
<text x="5" y="20">one</text><text x="15" y="24">two</text><text x="190" y="20">three</text>
<text x="60" y="60">four</text><text class="rule-label" x="60" y="84">five</text>
<text x="5" y="95">six</text><text x="100" y="95" style="display: none">seven</text>
<svg class="plot" x="50" y="30" width="100" height="55"></svg></svg></figure>`;
  const { page, close } = await open(running, chart);
  assert.deepEqual(await crowded(page), [
    'a: "one" and "two" lie on each other',
    'a: "three" leaves the chart',
    'a: "four" lies on what is drawn',
  ]);
  await close();
});

test('texts of a picture that lie on each other or outside are seen', async () => {
  const picture = `data:text/html,<!doctype html><figure class="chart" id="a"><canvas width="200" height="100"></canvas></figure>
<script>const pen = document.querySelector("canvas").getContext("2d"); pen.font = "12px sans-serif";
const draw = () => { pen.clearRect(0, 0, 200, 100); pen.fillText("one", 5, 20); pen.fillText("two", 12, 22); pen.fillText("six", 5, 80);
pen.textAlign = "right"; pen.fillText("three", 20, 50); pen.textAlign = "left"; };
draw(); draw();</script>`;
  const { page, close } = await open(running, picture);
  assert.deepEqual(await crowded(page), ['a: "one" and "two" lie on each other', 'a: "three" leaves the picture']);
  await close();
});
