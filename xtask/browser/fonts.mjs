// The fonts in which pages must have room for their texts, each as the only one that there is.
//
// A browser takes fonts from fontconfig, whose file the gate writes for each into a folder of its name.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A text and how wide it is in each font, in em: the sum of advances in its `hmtx` table. */
const TEXT = 'judder watches machines 0123456789';
const DEJAVU = 19.4848;

/** By name: the folder of the font, how wide the text is in it, and what its sizes are multiplied with. */
const FONTS = {
  'dejavu-sans': { folder: 'dejavu-sans', em: DEJAVU },
  'noto-sans': { folder: 'noto-sans', em: 17.945 },
  // Its metrics are those of Arial and Helvetica.
  'liberation-sans': { folder: 'liberation-sans', em: 17.1230 },
  // Wider than any font that is common.
  wide: { folder: 'dejavu-sans', em: 1.15 * DEJAVU, adjust: '115%', local: 'DejaVu Sans' },
};
/** A share of a width: browsers put letters on parts of a pixel. */
const ROUNDING = 0.01;

/** The fonts that the gate has found. */
export const NAMES = Object.keys(FONTS).filter((name) => existsSync(config(name)));

/** Where fontconfig is told that there is this font and no other. */
function config(name) {
  const { folder } = FONTS[name] ?? assert.fail(`${name} is none of ${Object.keys(FONTS).join(', ')}`);
  return join(process.env.JUDDER_FONTS ?? '', folder, 'fonts.conf');
}

/** The environment in which a browser has this font alone. */
export function environment(name) {
  assert.ok(existsSync(config(name)), `${name} has not been found on this machine`);
  return { ...process.env, FONTCONFIG_FILE: config(name) };
}

/** Makes a page that is yet to be opened take this font, if that is no matter of the machine's fonts alone. */
export async function injected(context, name) {
  const { adjust, local } = FONTS[name];
  if (!adjust) return;
  await context.addInitScript(
    ({ adjust, local }) => {
      const sheet = new CSSStyleSheet();
      // Of all weights, as letters that are made bold by the browser are.
      const face = (from, weight) => `@font-face { font-family: wide; src: local("${from}"); font-weight: ${weight}; size-adjust: ${adjust}; }`;
      sheet.replaceSync(`${face(local, 400)} ${face(`${local} Bold`, 700)} body, canvas { font-family: wide !important; }`);
      document.adoptedStyleSheets.push(sheet);
    },
    { adjust, local },
  );
}

/** Waits until the letters of the page's font are there, and what was drawn without them is drawn anew. */
export async function loaded(page) {
  const count = await page.evaluate(async () => {
    const faces = [...document.fonts];
    await Promise.all(faces.map((face) => face.load()));
    return faces.length;
  });
  // A name of the page's own script, which is no property of its window.
  if (count > 0) await page.evaluate("typeof onColors === 'undefined' || onColors.forEach((call) => call())");
}

/** Sees, by a width, that the page is drawn in this font. */
export async function assertDrawn(page, name) {
  const em = await page.evaluate((text) => {
    const probe = document.createElement('span');
    probe.textContent = text;
    Object.assign(probe.style, { position: 'absolute', whiteSpace: 'pre', fontSize: '100px', fontKerning: 'none', fontVariantLigatures: 'none' });
    document.body.append(probe);
    const { width } = probe.getBoundingClientRect();
    probe.remove();
    return width / 100;
  }, TEXT);
  const expected = FONTS[name].em;
  assert.ok(Math.abs(em / expected - 1) < ROUNDING, `this is not ${name}: a text takes ${em} em, not ${expected}`);
}
