// How soon the first device is on the page of a thousand, in a real browser: of `$JUDDER_PROGRAM`, and beside it of
// `$JUDDER_BEFORE` where that is another judder. With an empty cache, and with the files of a visit before.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { FOLDER, browser } from './page.mjs';

const DEVICES = 1000, ROUNDS = 7;
/** No later is the first device there, in ms. */
const SOON = 500;
const PATIENCE = 120_000;

const middle = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/** A server with so many devices, which stay as they are. */
async function served(program, folder) {
  const model = join(FOLDER, 'fan.model.json'), kept = join(folder, 'kept');
  const server = spawn(program, ['serve', model, '-d', kept, '--address', '127.0.0.1', '-p', '0', '--silent-after', '1day'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  server.stderr.on('data', (part) => { text += part; });
  const end = Date.now() + PATIENCE;
  const until = async (deed) => {
    for (;;) {
      const done = await deed();
      if (done) return done;
      assert.ok(Date.now() < end && server.exitCode === null, text);
      await sleep(50);
    }
  };
  const [, url] = await until(() => text.match(/the page: (http:\/\/127\.0\.0\.1:\d+\/)/));
  const token = readFileSync(join(kept, 'token'), 'utf8').trim();
  const recording = { rate_hz: 200, x: [], y: [], z: [] };
  for (let at = 0; at < 200; at += 1) {
    recording.x.push(Math.sin(at) / 100);
    recording.y.push(Math.cos(1.7 * at) / 100);
    recording.z.push(1 + Math.sin(2.3 * at) / 100);
  }
  for (let device = 0; device < DEVICES; device += 1) {
    const body = JSON.stringify({ device: `fan-${device}`, sequence: 1, ...recording });
    const posted = await fetch(`${url}api/v1/recordings`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    assert.ok(posted.ok, await posted.text());
  }
  return { url, token, stop: () => server.kill('SIGKILL') };
}

/** In ms from the beginning of the navigation: when the first device is on the page, and all are. */
async function shown(page, url) {
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction((devices) => globalThis.seen?.all > 0 && document.querySelectorAll('.card').length === devices, DEVICES);
  return page.evaluate(() => ({ first: globalThis.seen.first, all: globalThis.seen.all }));
}

async function measured(running, { url, token }) {
  const first = { cold: [], warm: [] };
  let all = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await running.newContext({ viewport: { width: 1280, height: 900 } });
    await context.request.get(`${url}?token=${token}`);
    await context.addInitScript((devices) => {
      globalThis.seen = {};
      new MutationObserver(() => {
        const count = document.querySelectorAll('.card').length;
        // Drawn is what stands there when the next frame has been.
        const noted = (name) => requestAnimationFrame(() => setTimeout(() => { globalThis.seen[name] ??= performance.now(); }));
        if (count > 0) noted('first');
        if (count >= devices) noted('all');
      }).observe(document, { childList: true, subtree: true });
    }, DEVICES);
    const page = await context.newPage();
    for (const kind of ['cold', 'warm']) {
      const seen = await shown(page, url);
      first[kind].push(seen.first);
      all = seen.all;
      await page.goto('about:blank');
    }
    await context.close();
  }
  return { cold: middle(first.cold), warm: middle(first.warm), all };
}

const running = await browser();
let kept = true;
try {
  for (const [what, program] of [['judder', process.env.JUDDER_PROGRAM], ['the earlier one', process.env.JUDDER_BEFORE]]) {
    if (!program) continue;
    const folder = mkdtempSync(join(tmpdir(), 'judder-first-'));
    const server = await served(program, folder);
    try {
      const { cold, warm, all } = await measured(running, server);
      const is = what === 'judder' ? `, promised ${SOON} ms: ${cold <= SOON ? 'kept' : 'MISSED'}` : '';
      kept &&= what !== 'judder' || cold <= SOON;
      console.log(`${what}: the first of ${DEVICES} devices is on the page after ${cold.toFixed(0)} ms, ${warm.toFixed(0)} ms with files of before (all after ${all.toFixed(0)} ms)${is}`);
    } finally {
      server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
} finally {
  await running.close();
}
process.exitCode = kept ? 0 : 1;
