// The live page before a server that says what is hard to bring about.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { crowded, cut, overflowing, untold } from './faults.mjs';
import { FLEETS, LONG, MARKUP, VIEWS, figures, session, strange, visitFleet } from './fleets.mjs';
import { browser } from './page.mjs';
import { alert, device, fleetOf, model, threshold } from './stub.mjs';

let running;
before(async () => {
  running = await browser();
});
after(() => running.close());

const visit = (fleet, view, look, options) => visitFleet(running, fleet, view, look, options);
const names = (page) => page.locator('.card h2').allTextContents();

/** Waits until something holds on the page; says what, if it never does. */
async function until(page, what, condition, argument) {
  await page.waitForFunction(condition, argument, { timeout: 10_000 }).catch(() => assert.fail(`never: ${what}`));
}

for (const [name, fleet] of Object.entries(FLEETS)) {
  for (const view of VIEWS) {
    describe(`${name}, #/${view}`, () => {
      for (const width of [1280, 390]) {
        test(`fits into ${width} pixels`, () =>
          visit(
            fleet(),
            view,
            async (page) => {
              if (view.startsWith('device/') && name === 'strange') await figures(page);
              assert.deepEqual(await overflowing(page), []);
              assert.deepEqual(await crowded(page), []);
              assert.deepEqual(await cut(page), []);
            },
            { width },
          ));
      }

      test('can be told by a screen reader', () =>
        visit(fleet(), view, async (page) => {
          assert.deepEqual(await untold(page), []);
          assert.deepEqual(await unlabelled(page), []);
        }));

      for (const scheme of ['light', 'dark']) {
        test(`has contrast in ${scheme}`, () =>
          visit(fleet(), view, async (page) => assert.deepEqual(await faint(page), []), { scheme }));
      }
    });
  }
}

test('strange devices come first, then by name as people count', () =>
  visit(strange(), '', async (page) => {
    assert.deepEqual(await names(page), ['belt', 'mixer', 'dryer', LONG, MARKUP, 'fan 9', 'fan 10', 'pump']);
    assert.equal(await page.locator('h1').innerText(), '1 anomaly on 8 devices, 2 are not judged');
    assert.match(await page.title(), /^8 devices, 1 anomaly, 2 not judged, 1 silent, nothing can be kept · judder$/);
    assert.deepEqual(await page.locator('.beside .alert .who').allTextContents(), ['belt', 'dryer']);
  }));

test('an anomaly of a device that has fallen silent stays in the headline', () =>
  visit(fleetOf([device('a'), device('b', { state: 'silent', conditions: ['anomaly', 'silent'] })]), '', async (page) => {
    assert.equal(await page.locator('h1').innerText(), '1 anomaly on 2 devices');
    assert.match(await page.title(), /^2 devices, 1 anomaly, 1 silent · judder$/);
  }));

test('recordings that cannot be kept are told above every view, while that lasts', () =>
  visit(fleetOf([device('a')]), 'settings', async (page, server) => {
    const bar = page.locator('#unkept');
    assert.ok(await bar.isHidden());
    const icon = await page.locator('#icon').getAttribute('href');
    const tell = (recordings) => server.tell({ unkept: { since: Date.now(), recordings, words: 'the disk is full' } });
    tell(1);
    await bar.waitFor();
    assert.match(await bar.innerText(), /^Since \d\d:\d\d:\d\d nothing can be kept: the disk is full\. Alarms go on\. 1 try refused\./);
    assert.match(await page.title(), /^1 device, nothing can be kept/);
    assert.notEqual(await page.locator('#icon').getAttribute('href'), icon);
    // What is said unasked is said once, however many they become.
    assert.doesNotMatch(await bar.getByRole('alert').innerText(), /refused/);
    tell(2);
    await until(page, 'two', () => /2 tries refused/.test(document.getElementById('unkept').innerText));
    await page.locator('#pages a').first().click();
    await until(page, 'the headline', () => document.querySelector('h1').innerText === 'Nothing can be kept');
    assert.ok(await bar.isVisible());
    server.tell({ unkept: null });
    await until(page, 'all is normal', () => document.querySelector('h1').innerText === 'All is normal');
    assert.ok(await bar.isHidden());
    assert.equal(await page.locator('#icon').getAttribute('href'), icon);
  }));

test('alerts of the server itself are of no device, and can be listed alone', () =>
  visit(fleetOf([device('a')], { alerts: [alert(1, null, { kind: 'outlet', words: 'the outlet hall fails' })] }), '', async (page) => {
    assert.equal(await page.locator('h1').innerText(), '1 alert of the server itself');
    assert.match(await page.title(), /^1 device, an outlet fails · judder$/);
    const who = page.locator('.beside .alert .who');
    assert.equal(await who.innerText(), 'the server');
    assert.equal(await who.getAttribute('href'), null);
    await page.goto(page.url().replace(/#.*/, '') + '#/alerts');
    const asked = page.waitForRequest((request) => request.url().includes('device=&') || request.url().endsWith('device='));
    await page.locator('#of-device').selectOption({ label: 'the server itself' });
    await asked;
    assert.equal(await page.locator('li.alert').count(), 1);
  }));

test('a device that turns moves to the front, and its card stays the same element', () =>
  visit(fleetOf([device('a'), device('b')]), '', async (page, server) => {
    await page.evaluate(() => { document.querySelectorAll('.card')[1].kept = true; });
    const icon = await page.locator('#icon').getAttribute('href');
    server.tell({ devices: [device('b', { state: 'anomaly', score: 40, conditions: ['anomaly'] })], alerts: [alert(1, 'b', { words: 'x axis' })] });
    await until(page, 'b comes first', () => document.querySelector('.card h2').textContent === 'b');
    assert.ok(await page.evaluate(() => document.querySelector('.card').kept));
    assert.equal(await page.locator('h1').innerText(), '1 anomaly on 2 devices');
    assert.notEqual(await page.locator('#icon').getAttribute('href'), icon);
    assert.equal(await page.locator('#news').innerText(), 'Alert, b: anomaly. x axis');
    assert.equal(await page.locator('#open-count').innerText(), '1');
    server.tell({ devices: [device('b')], alerts: [alert(1, 'b', { cleared: Date.now() })] });
    await until(page, 'all is normal', () => document.querySelector('h1').innerText === 'All is normal');
    assert.deepEqual(await names(page), ['a', 'b']);
    assert.ok(await page.locator('#open-count').isHidden());
    assert.equal(await page.locator('#icon').getAttribute('href'), icon);
  }));

test('a score is told to nobody who did not ask, and moves nothing', () =>
  visit(fleetOf([device('a'), device('b')]), '', async (page, server) => {
    await page.evaluate(() => {
      globalThis.shifts = 0;
      globalThis.where = [];
      new PerformanceObserver((list) => list.getEntries().forEach((one) => { shifts += one.value; where.push(...one.sources.map((source) => `${source.node?.className?.baseVal ?? source.node?.className ?? source.node?.data}`)); })).observe({ type: 'layout-shift' });
    });
    server.tell({ devices: [device('a', { score: 110.5, words: 'a reason that is as long as it takes to fill two lines of a card, and more' })] });
    await until(page, 'the score', () => document.querySelector('.card-score b').textContent === '9.78');
    assert.equal(await page.locator('#news').textContent(), '');
    assert.equal(await page.evaluate(() => document.querySelectorAll('main [aria-live]').length), 0);
    assert.equal(await page.evaluate(() => shifts), 0, `${await page.evaluate(() => where)}`);
  }));

test('the focus stays where it is while cards move', () =>
  visit(fleetOf([device('a'), device('b'), device('c')]), '', async (page, server) => {
    await page.locator('.card a').nth(2).focus();
    server.tell({ devices: [device('c', { state: 'anomaly' })] });
    await until(page, 'c comes first', () => document.querySelector('.card h2').textContent === 'c');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'c');
  }));

test('300 devices are shown, found and kept up with', () => {
  const many = (more) => Array.from({ length: 300 }, (_, at) => device(`fan ${at}`, more));
  return visit(fleetOf(many({})), '', async (page, server) => {
    // The last are made after the first were drawn.
    await page.waitForFunction(() => document.querySelectorAll('.card').length === 300);
    await page.evaluate(() => { document.querySelectorAll('.card').forEach((card, at) => { card.at = at; }); });
    for (let round = 1; round <= 8; round += 1) server.tell({ devices: many({ score: 1.13 * round }) });
    await until(page, 'the last score on all', () => [...document.querySelectorAll('.card-score b')].every((one) => one.textContent === '0.80'));
    assert.ok(await page.evaluate(() => [...document.querySelectorAll('.card')].every((card, at) => card.at === at)));
    await page.getByLabel('Filter').fill('FAN 29');
    assert.deepEqual(await names(page), ['fan 29', 'fan 129', 'fan 229', ...Array.from({ length: 10 }, (_, at) => `fan 29${at}`)]);
    assert.equal(await page.locator('.filter [role=status]').innerText(), '13 of 300');
  });
});

test('few devices have no filter', () =>
  visit(fleetOf([device('a')]), '', async (page) => assert.ok(await page.getByLabel('Filter').isHidden())));

test('a lost connection is told, and found again', () =>
  visit(fleetOf([device('a')]), '', async (page, server) => {
    await server.stop();
    await page.locator('#lost').waitFor();
    assert.equal(await page.locator('#lost').innerText(), 'Connection lost, trying again.');
    assert.match(await page.title(), /^connection lost/);
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('main')).filter), 'none');
    server.fleet.devices = [device('another')];
    await server.again();
    await until(page, 'the other fleet', () => document.querySelector('.card h2')?.textContent === 'another');
    assert.ok(await page.locator('#lost').isHidden());
    assert.deepEqual(await names(page), ['another']);
  }, { failing: true }));

test('a device that is forgotten goes', () =>
  visit(fleetOf([device('a'), device('b')]), '', async (page, server) => {
    server.tell({ devices: [], gone: ['a'] });
    await until(page, 'a is gone', () => document.querySelectorAll('.card').length === 1);
    assert.deepEqual(await names(page), ['b']);
  }));

test('figures are drawn anew in place, and told as they are read', () =>
  visit(strange(), 'device/belt', async (page, server) => {
    await figures(page);
    const chart = page.locator('#live-waveform > svg');
    await chart.scrollIntoViewIfNeeded();
    await chart.hover();
    const tip = await page.locator('#tip').innerText();
    assert.match(tip, /^time .*\naxis x .*mg\naxis y .*mg\naxis z .*mg$/);
    await page.evaluate(() => {
      const chart = document.querySelector('#live-waveform > svg');
      chart.kept = true;
      chart.querySelector('.plot').remove();
    });
    server.tell({ devices: [device('belt', { recordings: 1235 })] });
    await until(page, 'the chart is whole again', () => document.querySelector('#live-waveform .plot'));
    assert.ok(await page.evaluate(() => document.querySelector('#live-waveform > svg').kept));
    assert.equal(await page.locator('#tip').innerText(), tip);
    await page.mouse.move(0, 0);
    await page.locator('#live-history > svg').press('ArrowRight');
    assert.match(await page.locator('#live-history output').innerText(), /^time \d\d:\d\d:\d\d · score /);
  }));

test('the span and the model of a device are chosen', () =>
  visit(strange(), 'device/pump', async (page, server) => {
    await figures(page);
    const answered = page.waitForResponse((one) => one.url().includes('/api/v1/devices/pump/view'));
    await page.getByLabel('1 day').check();
    await answered;
    await until(page, 'figures', () => document.querySelector('.figures figure'));
    const asked = () => server.asked.filter((one) => one.path === '/api/v1/devices/pump/view').length;
    assert.ok(asked() >= 2);
    assert.equal(await page.getByLabel('Model').inputValue(), LONG);
    await page.getByLabel('Model').selectOption('');
    await page.waitForFunction(() => !document.getElementById('its-model').disabled);
    const put = server.asked.find((one) => one.method === 'PUT');
    assert.deepEqual([put.path, put.body], ['/api/v1/devices/pump', '{"model":null}']);
  }));

test('a threshold is chosen from what was normal, and undone', () =>
  visit(strange(), 'device/pump', async (page, server) => {
    const part = page.getByRole('region', { name: 'Threshold' });
    const says = async (words) => assert.match(await part.innerText(), words);
    const used = page.getByRole('button', { name: 'This was normal: use it' });
    await used.waitFor();
    await says(/Asked 1 % of windows, seen 3\.2 % \(44 of 1375\) in the last hour: more than asked for\./);
    await says(/threshold 11\.3 → 16\.8: 0\.95 % of these windows are above it/);
    // What is shown is what is meant.
    await page.getByLabel('1 day').check();
    await until(page, 'the last day', () => document.querySelector('.commissioning').textContent.includes('in the last day'));
    server.kept.refuse = { status: 409, detail: 'pump has another model by now; look again' };
    await used.click();
    await part.getByText('pump has another model by now').waitFor();
    server.kept.refuse = null;
    const chosen = { at: Date.now(), from: Date.now() - 86_400_000, until: Date.now(), windows: 1375 };
    const { offered } = threshold();
    server.kept.threshold = threshold({ told: 'as-asked', in_use: offered, chosen });
    await used.click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    const post = server.asked.findLast((one) => one.method === 'POST');
    assert.deepEqual([post.path, post.body], ['/api/v1/devices/pump/threshold', '{"hours":24}']);
    assert.equal(await used.isVisible(), false);
    await says(/threshold 16\.8 since \d\d:\d\d:\d\d, from 1375 windows; the model’s is 11\.3/);
    server.kept.threshold = threshold({ windows: 60, told: 'too-few' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await used.waitFor();
    assert.ok(server.asked.some((one) => one.method === 'DELETE' && one.path === '/api/v1/devices/pump/threshold'));
    // 60 windows promise no 1 %.
    assert.ok(await used.isDisabled());
    await says(/too early to tell, 60 of 800 windows so far/);
    await says(/it takes 99 windows/);
  }, { failing: true }));

test('what is not judged has no threshold to choose', () =>
  visit(fleetOf([device('a', { model: null, threshold: null, state: 'unwatched' })]), 'device/a', async (page, server) => {
    await figures(page);
    assert.ok(!server.asked.some((one) => one.path.endsWith('/threshold')));
    assert.equal(await page.locator('.commissioning').isVisible(), false);
  }));

test('a session is started and stopped, and what is refused is said', () =>
  visit(fleetOf([device('a'), device('b')]), 'record', async (page, server) => {
    await page.getByLabel('Label').fill('fan_0_low_0_weight');
    await page.getByLabel('or so many seconds are over').fill('60');
    await page.getByLabel('Of', { exact: true }).selectOption('b');
    server.kept.refuse = { status: 422, detail: 'label: <b> is no name' };
    await page.getByText('Start recording').click();
    await page.getByText('label: <b> is no name').waitFor();
    server.kept.refuse = null;
    await page.getByText('Start recording').click();
    await page.waitForFunction(() => !document.querySelector('form button').disabled);
    const post = server.asked.findLast((one) => one.method === 'POST');
    assert.deepEqual(JSON.parse(post.body), { label: 'fan_0_low_0_weight', seconds: 60, recordings: 200, device: 'b' });
    server.tell({ devices: [], session: session({ kept: 50 }) });
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    assert.match(await page.locator('.count').innerText(), /^50 of 200 recordings · (1[789]|2\d) s of 60 s · from all devices/);
    const share = Number(await page.locator('progress').getAttribute('value'));
    assert.ok(share > 0.27 && share < 0.35, `${share}`);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.waitForFunction(() => !document.querySelector('.running button').disabled);
    assert.equal(server.asked.at(-1).method === 'DELETE' || server.asked.some((one) => one.method === 'DELETE'), true);
    server.tell({ devices: [], session: null, datasets: [{ label: "it's on", recordings: 50, newest: Date.now() }] });
    await page.getByText('Start recording').waitFor();
    assert.equal(await page.locator('.command code').last().innerText(), `judder train --normal 'fan/it'\\''s on' -o my.model.json`);
  }, { failing: true }));

test('a model is sent, made the default and given to a device', () =>
  visit(fleetOf([device('a')], { models: [model('fan'), model('pump', { default: false })] }), 'models', async (page, server) => {
    const puts = () => server.asked.filter((one) => one.method === 'PUT').map((one) => [one.path, one.body]);
    server.kept.reply = (method, path) => (path.startsWith('/api/v1/models/') ? model('new fan') : {});
    await page.getByRole('button', { name: 'make default' }).click();
    await page.getByLabel('A device for pump to score').selectOption('a');
    await page.getByRole('button', { name: 'assign' }).last().click();
    await page.locator('#model-file').setInputFiles({ name: 'new fan.model.json', mimeType: 'application/json', buffer: Buffer.from('{"judder": 1}') });
    assert.equal(await page.getByLabel('Its name').inputValue(), 'new fan');
    await page.getByRole('button', { name: 'Put it here' }).click();
    await page.getByText('new fan is in use.').waitFor();
    assert.deepEqual(puts(), [
      ['/api/v1/default-model', '{"model":"pump"}'],
      ['/api/v1/devices/a', '{"model":"pump"}'],
      ['/api/v1/models/new%20fan', '{"judder": 1}'],
    ]);
  }));

test('alerts are found by device, and older ones page by page', () => {
  const alerts = Array.from({ length: 130 }, (_, at) => alert(at + 1, at % 2 ? 'a' : 'b', { raised: 1e12 + 1000 * at, cleared: at === 7 ? null : 1e12 + 1000 * at + 500 }));
  return visit(fleetOf([device('a'), device('b')], { alerts }), 'alerts', async (page) => {
    const count = (all) => until(page, `${all} alerts`, (all) => document.querySelectorAll('main .alert').length === all, all);
    await count(100);
    await page.getByText('show older ones').click();
    await count(130);
    assert.ok(await page.getByText('show older ones').isHidden());
    await page.locator('#of-device').selectOption('a');
    await count(65);
    await page.getByLabel('open ones only').check();
    await count(1);
  });
});

test('the theme is chosen, and kept', () =>
  visit(fleetOf([device('a')]), 'settings', async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByLabel('dark', { exact: true }).check();
    const dark = await background();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByText('as the system has it').waitFor();
    assert.equal(await background(), dark);
    await page.getByLabel('as the system has it').check();
    assert.equal(await background(), light);
    await page.locator('#theme').click();
    assert.equal(await background(), dark);
    assert.ok(await page.getByLabel('dark', { exact: true }).isChecked());
  }));

test('all is reached by the keyboard', () =>
  visit(strange(), '', async (page) => {
    const seen = [];
    for (let at = 0; at < 24; at += 1) {
      await page.keyboard.press('Tab');
      seen.push(await page.evaluate(() => document.activeElement.innerText?.trim() || document.activeElement.id));
    }
    for (const one of ['Skip to what is shown', 'Devices', 'Settings', 'belt', 'pump']) assert.ok(seen.includes(one), `${one} in ${seen}`);
    await page.locator('.card a').first().focus();
    await page.keyboard.press('Enter');
    await until(page, 'the device', () => document.querySelector('h1').textContent === 'belt');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  }));

/** What is filled in or pressed, and has no name. */
function unlabelled(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('input, select, a, progress, section')]
      .filter((one) => !one.hidden && one.getClientRects().length > 0)
      .filter((one) => {
        const by = (one.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('');
        const label = [...(one.labels ?? [])].map((label) => label.textContent).join('');
        return !(by || label || one.getAttribute('aria-label') || (one.localName === 'a' && one.textContent)).trim();
      })
      .map((one) => one.outerHTML.slice(0, 90)),
  );
}

/** Texts that are hard to tell from what is behind them: below 4.5 to 1, or 3 to 1 where they are large. */
function faint(page) {
  return page.evaluate(() => {
    const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((part, at) => (part * a + below[at] * (255 - a)) / 255);
    const behind = (one) => {
      const above = [];
      for (let at = one; at; at = at.parentElement) above.unshift(rgba(getComputedStyle(at).backgroundColor));
      return above.reduce((below, color) => over(color, below), [255, 255, 255]);
    };
    const light = (color) => {
      const [r, g, b] = color.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    for (const one of document.querySelectorAll('body *')) {
      const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
      const style = getComputedStyle(one);
      // What may not be pressed may be faint.
      if (!text || one.closest('svg, script, noscript, option, :disabled') || one.getClientRects().length === 0 || style.visibility === 'hidden') continue;
      if (one.closest('.unseen, .skip, [data-state="silent"]')) continue;
      const below = behind(one), color = over(rgba(style.color), below);
      const [a, b] = [light(color), light(below)].sort((a, b) => b - a);
      const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700);
      const contrast = (a + 0.05) / (b + 0.05);
      if (contrast < (large ? 3 : 4.5)) found.push(`${contrast.toFixed(2)}: ${text.slice(0, 40)}`);
    }
    return found;
  });
}
