// A server that speaks judder's interface with made-up devices: for states that are hard to bring about.
//
// The page is that of the sources; its figures are those that the crate's own snapshots have.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ASSETS = 'crates/server/src/page/assets';
const REPORT = 'crates/report/src/page';
const KINDS = { js: 'text/javascript', css: 'text/css', html: 'text/html' };

const text = (path) => readFileSync(join(ROOT, path), 'utf8');

/** What a Rust file says between two texts. */
function said(path, from, to) {
  const source = text(path);
  const start = source.indexOf(from);
  const between = source.slice(start, source.indexOf(to, start));
  if (start < 0 || !between) throw new Error(`${path} has no ${from}`);
  return between;
}

/** The files that the reports' page is made of, in their order. */
const included = (list) => [...said(`${REPORT}/mod.rs`, `const ${list}`, '];').matchAll(/include_str!\("(.+?)"\)/g)].map(([, name]) => text(`${REPORT}/${name}`));

function charts() {
  const pieces = included('SCRIPT');
  const live = [...said(`${REPORT}/mod.rs`, 'const LIVE', '];').matchAll(/SCRIPT\[(\d+)\]/g)];
  return live.map(([, at]) => pieces[at]).join('');
}

const policy = () => {
  const words = said('crates/server/src/page/mod.rs', "default-src 'none'", '";');
  return words.replace(/\\\s+/g, '');
};

/** A snapshot without what stands above it. */
function snapshot(name) {
  const whole = text(`crates/report/tests/live/snapshots/live__figures__${name}.snap`);
  return whole.slice(whole.indexOf('\n---\n') + 5);
}

/** A device that is well, unless `more` says otherwise. */
export function device(name, more = {}) {
  return {
    name,
    state: 'normal',
    words: '',
    score: 1.9,
    threshold: 11.3,
    model: 'fan',
    axes: 3,
    readings: 200,
    rate_hz: 199.7,
    every_s: 1,
    silent_after_s: 30,
    first_seen: Date.now() - 3_600_000,
    last_seen: Date.now(),
    recordings: 1234,
    restored: false,
    unjudged: 0,
    excused: 0,
    conditions: [],
    spark: Array.from({ length: 60 }, (_, at) => 0.2 + 0.1 * Math.sin(at * 2.1 + name.length)),
    ...more,
  };
}

/** An alert that is open. */
export function alert(id, device, more = {}) {
  return {
    id,
    device,
    kind: 'anomaly',
    words: 'x axis, 75-100 Hz: 2.4 × normal; y axis, all frequencies: 1.8 × normal',
    score: 31.2,
    threshold: 11.3,
    model: 'fan',
    raised: Date.now() - 30_000,
    cleared: null,
    ...more,
  };
}

/** A model that scores all devices. */
export function model(name, more = {}) {
  return {
    name,
    default: true,
    devices: [],
    features: 'log-cov+diff-log-cov+total-octaves:6',
    detector: 'mahalanobis',
    threshold: 11.3,
    rule: 'conformal',
    rate_hz: 200,
    window: 200,
    axes: 3,
    decision: '3 of the last 5 scores above the threshold',
    sha256: 'ab12cd34ef56ab12cd34ef56',
    problem: null,
    ...more,
  };
}

/** What scores say of a threshold: more windows are above it than was asked for. */
export function threshold(more = {}) {
  const limit = (value, alarms) => ({ threshold: value, alarms, seen: { share: alarms / 1375, low: 0.9 * alarms / 1375, high: 1.1 * alarms / 1375 } });
  return {
    model: 'fan',
    from: Date.now() - 3_600_000,
    until: Date.now(),
    windows: 1375,
    needed: 800,
    fewest: 99,
    asked: 0.01,
    told: 'more',
    in_use: limit(11.3, 44),
    of_model: limit(11.3, 44),
    offered: limit(16.82, 13),
    why_not: null,
    chosen: null,
    ...more,
  };
}

/** A fleet of these devices. */
export function fleetOf(devices, more = {}) {
  return {
    version: '0.1.0',
    mode: 'serve',
    accepting: true,
    unkept: null,
    folder: 'fan',
    models: [model('fan')],
    session: null,
    datasets: [{ label: 'fan_0_low_0_weight', recordings: 200, newest: Date.now() - 600_000 }],
    devices,
    alerts: [],
    retention: { scores_days: 30, readings_days: 2, bytes: null },
    outlets: ['log', 'webhook'],
    ...more,
  };
}

/** Serves a fleet on any free port. `tell` sends an update, `asked` is all that was asked for. */
export async function serve(fleet) {
  const listeners = new Set(), asked = [], kept = { refuse: null, port: 0, threshold: threshold() };
  let revision = 1;
  const event = (data) => `id: ${(revision += 1)}\nevent: update\ndata: ${JSON.stringify({ revision, now: Date.now(), ...data })}\n\n`;

  const answer = (response, status, kind, body) => {
    response.writeHead(status, { 'content-type': kind, 'content-security-policy': policy(), 'cache-control': 'no-cache' });
    response.end(body);
  };
  const json = (response, status, body) => answer(response, status, 'application/json', JSON.stringify(body));

  function get(path, query, response) {
    if (path === '/') return answer(response, 200, 'text/html; charset=utf-8', text(`${ASSETS}/index.html`));
    if (path === '/page/charts.js') return answer(response, 200, 'text/javascript', charts());
    if (path === '/page/report.css') return answer(response, 200, 'text/css', included('STYLE').join(''));
    if (path.startsWith('/page/')) {
      return answer(response, 200, KINDS[path.split('.').pop()], text(`${ASSETS}/${path.slice('/page/'.length)}`));
    }
    if (path === '/api/v1/updates') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(event(fleet));
      listeners.add(response);
      return response.on('close', () => listeners.delete(response));
    }
    if (path === '/api/v1/fleet') return json(response, 200, { revision, now: Date.now(), ...fleet });
    if (path === '/api/v1/alerts') {
      const before = Number(query.get('before') ?? Infinity), most = Number(query.get('most'));
      const all = fleet.alerts.filter((one) => one.id < before && (!query.get('device') || one.device === query.get('device')));
      const wanted = all.filter((one) => query.get('open') !== 'true' || one.cleared === null);
      return json(response, 200, { alerts: wanted.sort((a, b) => b.raised - a.raised).slice(0, most) });
    }
    if (path === '/api/v1/session/waveform') return answer(response, 200, 'text/html', snapshot('waveform_of_three_axes'));
    if (path.endsWith('/threshold')) return json(response, 200, kept.threshold);
    if (path.endsWith('/view')) return answer(response, 200, 'text/html', snapshot('device'));
    if (path.endsWith('/latest.csv')) {
      const rows = Array.from({ length: 200 }, (_, at) => [0.1 * Math.sin(at / 3), 0.05 * Math.cos(at / 2), 1 + 0.02 * Math.sin(at)].join(','));
      return answer(response, 200, 'text/csv', `x,y,z\n${rows.join('\n')}\n`);
    }
    return json(response, 404, { title: 'Not Found', status: 404, detail: 'there is nothing here' });
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://stub');
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      asked.push({ method: request.method, path: pathname, body });
      if (kept.refuse && request.method !== 'GET') {
        const { status, detail } = kept.refuse;
        return json(response, status, { title: 'Refused', status, detail });
      }
      if (request.method === 'GET') return get(pathname, searchParams, response);
      return json(response, 200, kept.reply?.(request.method, pathname, body) ?? {});
    });
  });
  const listen = (port) => new Promise((done) => { server.listen(port, '127.0.0.1', done); });
  await listen(0);
  const { port } = server.address();
  const tell = (data) => listeners.forEach((response) => response.write(event(data)));
  const stop = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, fleet, asked, kept, tell, stop, again: () => listen(port) };
}
