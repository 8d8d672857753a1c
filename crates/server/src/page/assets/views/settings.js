// What the server was started with, how a board posts, and how this page looks.

import { place } from '../api.js';
import { command } from '../copyable.js';
import { make } from '../elements.js';
import { fleet } from '../store.js';
import { counted } from '../words.js';

export function show(main) {
  const server = make('dl');
  const themes = make(
    'fieldset',
    { class: 'choice' },
    make('legend', {}, 'Colours'),
    [['as the system has it', ''], ['light', 'light'], ['dark', 'dark']].map(([text, value]) =>
      make('label', {}, make('input', { type: 'radio', name: 'theme', value, change: () => theme.choose(value) }), make('span', {}, text)),
    ),
  );
  const section = (id, title, ...body) => make('section', { 'aria-labelledby': id }, make('h2', { id }, title), ...body);
  main.append(
    make('h1', {}, 'Settings'),
    make('p', { class: 'about' }, 'What the server was started with is changed by its flags, its environment or its configuration file, and a restart.'),
    section('the-server', 'The server', server),
    section('looks', 'This page', themes),
    section(
      'boards',
      'How a board posts',
      make('p', {}, 'Each device by its name, each recording by its number, so that one that is sent again is kept once. Readings are in g, oldest first, or in the unit that is named: ', make('code', {}, '"unit": "mg"'), ', ', make('code', {}, 'm/s2'), ' or ', make('code', {}, 'counts:N'), ', N counts being 1 g; ', make('code', {}, '201'), ' says that it is kept.'),
      command(`curl ${place}/api/v1/recordings -H 'content-type: application/json' -d '{"device": "pump", "sequence": 1, "rate_hz": 200, "x": [0.01, 0.02], "y": [0.00, 0.01], "z": [0.99, 1.01]}'`).root,
      make('p', {}, 'The sketch of the TinyML example works as it is: it asks ', make('code', {}, 'GET /'), ' until the answer is ', make('code', {}, '1'), ', and posts:'),
      command(`curl ${place}/ -H 'content-type: application/json' -d '{"x": [0.01, 0.02], "y": [0.00, 0.01], "z": [0.99, 1.01]}'`).root,
      make('p', {}, 'Boards that are none, to try it:'),
      command(`judder simulate --post ${place} --boards 3 --recordings 600 --coin-after 20`).root,
    ),
    section(
      'machines',
      'For machines',
      make('ul', {}, [['metrics', 'figures for Prometheus, with the token'], ['healthz', 'whether it is well'], ['api/v1/openapi.json', 'the whole interface']].map(([path, text]) => make('li', {}, make('a', { href: path }, make('code', {}, `/${path}`)), `, ${text}`))),
    ),
  );

  function update() {
    const { retention } = fleet;
    const days = (count) => (count === null || count === undefined ? 'for ever' : counted(count, 'day'));
    const rows = [
      ['judder', fleet.version],
      ['does', fleet.mode === 'collect' ? 'collect recordings' : 'score recordings'],
      ['folder', fleet.folder ?? 'none; recordings are not kept as files'],
      ['takes recordings', fleet.accepting ? 'yes' : 'not now'],
      ['keeps scores', days(retention?.scores_days)],
      ['keeps readings', days(retention?.readings_days)],
      ['at most', retention?.bytes ? `${Math.round(retention.bytes / (1 << 20))} MiB` : 'no limit'],
      ['alerts go to', ['this page', ...fleet.outlets].join(', ')],
    ];
    const text = JSON.stringify(rows);
    if (server.dataset.of === text) return;
    server.dataset.of = text;
    server.replaceChildren(...rows.flatMap(([what, value]) => [make('dt', {}, what), make('dd', {}, value)]));
  }

  const showTheme = () => {
    for (const input of themes.querySelectorAll('input')) input.checked = input.value === theme.chosen();
  };
  onColors.push(showTheme);
  showTheme();
  update();
  return { update, close: () => onColors.splice(onColors.indexOf(showTheme), 1) };
}
