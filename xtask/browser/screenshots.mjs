// Pictures of every page, wide and narrow, light and dark, for a person to look at.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { FOLDER, browser, open, pages } from './page.mjs';
import { boards, serve } from './served.mjs';

/** The pages that the documents show, and how much of them. */
const SHOWN = ['explore', 'evaluate'];
const HEIGHTS = { 1280: 1000, 390: 844 };
const docs = process.env.JUDDER_DOCS;

const folder = join(FOLDER, 'screenshots');
mkdirSync(folder, { recursive: true });
const running = await browser();
try {
  for (const name of pages()) {
    const url = pathToFileURL(join(FOLDER, `${name}.html`)).href;
    for (const width of [1280, 390]) {
      for (const scheme of ['light', 'dark']) {
        const picture = `${name}-${width}-${scheme}.png`;
        const { page, close } = await open(running, url, { width, scheme });
        await page.screenshot({ path: join(folder, picture), fullPage: true });
        if (SHOWN.includes(name)) {
          const clip = { x: 0, y: 0, width, height: HEIGHTS[width] };
          await page.screenshot({ path: join(docs, picture), clip, fullPage: true });
        }
        await close();
      }
    }
  }
  await live(running);
} finally {
  await running.close();
}
/** The live page, once a coin has dropped onto the first of three fans. */
async function live(running) {
  const server = await serve(join(FOLDER, 'fan.model.json'));
  const fleet = boards(server.url, '--boards', '3', '--alike', '--every', '0.3', '--coin-after', '8');
  try {
    const views = { live: '', 'live-device': '#/device/simulated-0', 'live-record': '#/record', 'live-models': '#/models', 'live-alerts': '#/alerts', 'live-settings': '#/settings' };
    const first = await open(running, server.url, { width: 1280, scheme: 'light' });
    await first.page.getByText('1 anomaly').first().waitFor({ timeout: 60_000 });
    await first.close();
    for (const [name, view] of Object.entries(views)) {
      for (const width of [1280, 390]) {
        for (const scheme of ['light', 'dark']) {
          const picture = `${name}-${width}-${scheme}.png`;
          const { page, close } = await open(running, server.url + view, { width, scheme });
          // Figures are asked for once the fleet is known.
          await page.waitForTimeout(1500);
          await page.screenshot({ path: join(folder, picture), fullPage: true });
          if (name === 'live') await page.screenshot({ path: join(docs, picture), clip: { x: 0, y: 0, width, height: width === 1280 ? 520 : HEIGHTS[width] } });
          await close();
        }
      }
    }
  } finally {
    await fleet.stop();
    await server.stop();
  }
}

console.log(`screenshots are in ${folder}`);
