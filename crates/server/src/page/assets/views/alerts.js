// All alerts that the server remembers, the newest first.

import { alertList } from '../alert-list.js';
import { askJson } from '../api.js';
import { make, say } from '../elements.js';
import { fleet } from '../store.js';
import { counted } from '../words.js';

const PAGE = 100;
/** What is chosen for alerts of no device: no device can be called so. */
const OWN = '/';

export function show(main) {
  const device = make('select', { id: 'of-device', change: () => anew() });
  const open = make('input', { type: 'checkbox', id: 'open-only', change: () => anew() });
  const list = alertList({ none: 'None: nothing was strange, silent or unfit.' });
  const more = make('button', { type: 'button', click: () => older() }, 'show older ones');
  const said = make('p', { class: 'error', role: 'alert' }), count = make('p', { class: 'quiet', role: 'status' });
  main.append(
    make('h1', {}, 'Alerts'),
    make('p', { class: 'about' }, 'Each is raised once and cleared once, however many recordings are strange.'),
    make(
      'div',
      { class: 'controls' },
      make('p', { class: 'field' }, make('label', { for: 'of-device' }, 'Of'), ' ', device),
      make('p', { class: 'field check' }, open, ' ', make('label', { for: 'open-only' }, 'open ones only')),
    ),
    said,
    count,
    list.root,
    make('p', {}, more),
  );
  let alerts = new Map(), asked = 0;

  async function load(before) {
    asked += 1;
    const mine = asked;
    const query = new URLSearchParams({ most: PAGE });
    if (device.value) query.set('device', device.value === OWN ? '' : device.value);
    if (open.checked) query.set('open', 'true');
    if (before !== undefined) query.set('before', before);
    say(said, '');
    try {
      const found = (await askJson(`api/v1/alerts?${query}`)).alerts;
      if (mine !== asked) return;
      for (const one of found) alerts.set(one.id, one);
      more.hidden = found.length < PAGE;
    } catch (error) {
      say(said, error.message);
    }
    draw();
  }

  const anew = () => {
    alerts = new Map();
    load();
  };
  const older = () => load(Math.min(...alerts.keys()));

  function draw() {
    const wanted = (one) => (!device.value || (one.device ?? OWN) === device.value) && (!open.checked || one.cleared === null);
    const shown = [...alerts.values()].filter(wanted).sort((a, b) => b.raised - a.raised || b.id - a.id);
    list.show(shown);
    say(count, shown.length ? `${counted(shown.length, 'alert')}, ${shown.filter((one) => one.cleared === null).length} of them open` : '');
  }

  function update(change) {
    const names = [...fleet.devices.keys()].sort();
    if (device.dataset.all !== names.join('\n')) {
      device.dataset.all = names.join('\n');
      const before = device.value;
      device.replaceChildren(make('option', { value: '' }, 'all'), make('option', { value: OWN }, 'the server itself'), ...names.map((name) => make('option', { value: name }, name)));
      device.value = before === OWN || names.includes(before) ? before : '';
    }
    const news = [...change.raised, ...change.cleared];
    for (const one of news) alerts.set(one.id, one);
    if (news.length) draw();
  }

  more.hidden = true;
  update({ raised: [], cleared: [] });
  load();
  return { update, tick: list.tick };
}
