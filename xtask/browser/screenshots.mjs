// Pictures of every page, wide and narrow, light and dark, for a person to look at.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { FOLDER, browser, open, pages } from './page.mjs';

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
} finally {
  await running.close();
}
console.log(`screenshots are in ${folder}`);
