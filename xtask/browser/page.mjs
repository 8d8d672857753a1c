// A page in the browser, and everything that it does and should not.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { penned } from './faults.mjs';
import { assertDrawn, environment, injected, loaded } from './fonts.mjs';

/** Where the pages, and what they were made from, are. */
export const FOLDER = given('JUDDER_PAGES');

/** The names of all pages that were made, without `.html`. */
export function pages() {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.html'));
  return files.map((name) => name.slice(0, -'.html'.length)).sort();
}

/** Of a browser that has one font alone, which. */
const fonts = new WeakMap();

/** Starts the browser, with an empty profile; with the fonts of the machine, or with this one alone. */
export async function browser(font = process.env.JUDDER_FONT) {
  const playwright = join(given('JUDDER_PLAYWRIGHT'), 'node_modules/playwright-core/index.mjs');
  const { chromium } = await import(pathToFileURL(playwright));
  const running = await chromium.launch({
    env: font ? environment(font) : process.env,
    executablePath: given('JUDDER_CHROMIUM'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // What a page asks for is noted, but never leaves the machine.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  if (font) fonts.set(running, font);
  return running;
}

/** Lets `look` look at a page by name; what the page meanwhile did and should not is a failure. */
export async function visit(running, name, look, options = {}) {
  const opened = await open(running, pathToFileURL(join(FOLDER, `${name}.html`)).href, options);
  try {
    await look(opened.page);
    // Without scripts nothing is set in motion.
    if (options.scripts !== false) {
      await settled(opened.page);
    }
    assert.deepEqual(opened.heard, [], `${name}.html did what it should not`);
  } finally {
    await opened.close();
  }
}

/** Of a server's origin its token. */
export const tokens = new Map();

/** Opens an address; at a server that asks for its token, as one who has shown it. `heard` fills with errors, dialogs and requests for anything but the page, or of a
 * server's page but that server. */
export async function open(running, url, { width = 1280, scheme = 'light', scripts = true, stranger = false } = {}) {
  const context = await running.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    javaScriptEnabled: scripts,
  });
  const font = fonts.get(running);
  await context.addInitScript(penned);
  if (font) await injected(context, font);
  const { origin } = new URL(url);
  // Its cookies are those of the pages.
  if (tokens.has(origin) && !stranger) await context.request.get(`${origin}/?token=${tokens.get(origin)}`);
  const page = await context.newPage();
  const heard = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      heard.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => heard.push(`page error: ${error.message}`));
  page.on('dialog', (dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on('request', (request) => {
    const own = url.startsWith('http:') && request.url().startsWith(new URL(url).origin + '/');
    if (request.url() !== url && !own && !request.url().startsWith('data:')) {
      heard.push(`request: ${request.url()}`);
    }
  });
  page.on('websocket', (socket) => heard.push(`request: ${socket.url()}`));
  await page.goto(url, { waitUntil: 'load' });
  if (font && scripts) await loaded(page);
  if (font && scripts) await assertDrawn(page, font);
  return { page, heard, close: () => context.close() };
}

/** Waits until what was set in motion has been drawn. */
export async function settled(page) {
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  await page.evaluate(`(async () => { const frame = ${frame}; await frame(); await frame(); })()`);
}

function given(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run this by \`cargo xtask test browser\``);
  return value;
}
