// Fleets that leave little room on the live page, and the way to look at them.

import assert from 'node:assert/strict';

import { open, settled } from './page.mjs';
import { alert, device, fleetOf, model, serve } from './stub.mjs';

export const LONG = 'beside-the-window-of-the-hall-the-second-fan-from-the-left-lowest-speed';
export const MARKUP = '<img src=x onerror=alert(1)><b>&"\'';
const unwatched = (name) => device(name, { state: 'unwatched', model: null, score: null, threshold: null, spark: [] });
export const session = (more) => ({ label: 'fan_0_low_0_weight', device: null, started: Date.now() - 17_000, seconds: 60, recordings: 200, kept: 17, folder: 'fan_0_low_0_weight', ...more });

export const strange = () =>
  fleetOf(
    [
      device('pump'),
      device('belt', { state: 'anomaly', words: '25 × threshold; x axis, 75-100 Hz: 2.4 × normal', score: 282, conditions: ['anomaly'] }),
      device('dryer', { state: 'silent', words: 'nothing for 40 s', last_seen: Date.now() - 40_000, conditions: ['silent'] }),
      device('mixer', { state: 'unfit', words: '2 axes, but the model takes 3', axes: 2, score: null, spark: [], conditions: ['unfit'] }),
      device(LONG, { state: 'remounted', words: `gravity points elsewhere ${LONG}`, conditions: ['remounted'] }),
      device('fan 10'),
      device('fan 9'),
      device(MARKUP, { state: 'idle', words: MARKUP, score: null, spark: Array(60).fill(null) }),
    ],
    {
      models: [model('fan'), model(LONG, { default: false, devices: ['pump'], problem: MARKUP, threshold: null })],
      alerts: [alert(7, 'belt'), alert(6, 'dryer', { kind: 'silent', words: MARKUP }), alert(5, LONG, { kind: 'remounted', raised: Date.now() - 9e8, cleared: Date.now() - 8e8 })],
      datasets: [{ label: LONG, recordings: 12_345, newest: null }, { label: MARKUP, recordings: 1, newest: Date.now() }, { label: '', recordings: 0, newest: null }],
      session: session({ label: LONG, folder: LONG }),
      unkept: { since: Date.now() - 9e8, recordings: 1_234_567, words: MARKUP + LONG },
    },
  );

/** What may stand there, and what each view then shows. */
export const FLEETS = {
  strange,
  empty: () => fleetOf([], { models: [], datasets: [], folder: null, outlets: [] }),
  collecting: () => fleetOf(['a', 'b'].map(unwatched), { mode: 'collect', models: [], session: session() }),
};
export const VIEWS = ['', 'record', 'models', 'alerts', 'settings', `device/${encodeURIComponent('belt')}`];

/** Opens a view of a fleet, and lets `look` look at it; what it did and should not is a failure. */
export async function visitFleet(running, fleet, view, look, options = {}) {
  const server = await serve(fleet);
  const opened = await open(running, `${server.url}#/${view}`, options);
  try {
    await opened.page.waitForFunction(() => document.querySelector('main h1')?.textContent !== 'judder');
    await settled(opened.page);
    await look(opened.page, server);
    await settled(opened.page);
    // A connection that is lost is heard of, and so is what is refused.
    const heard = opened.heard.filter((one) => !(options.failing && /Failed to load resource|ERR_/.test(one)));
    assert.deepEqual(heard, []);
  } finally {
    await opened.close();
    await server.stop();
  }
}

/** Waits for the figures of a device. */
export const figures = (page) => page.locator('.figures figure').first().waitFor();
