// Pictures of every page, wide and narrow, light and dark, for a person to look at.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { FOLDER, browser, open, pages } from './page.mjs';

const folder = join(FOLDER, 'screenshots');
mkdirSync(folder, { recursive: true });
const running = await browser();
try {
  for (const name of pages()) {
    const url = pathToFileURL(join(FOLDER, `${name}.html`)).href;
    for (const width of [1280, 390]) {
      for (const scheme of ['light', 'dark']) {
        const path = join(folder, `${name}-${width}-${scheme}.png`);
        const { page, close } = await open(running, url, { width, scheme });
        await page.screenshot({ path, fullPage: true });
        await close();
      }
    }
  }
} finally {
  await running.close();
}
console.log(`screenshots are in ${folder}`);
