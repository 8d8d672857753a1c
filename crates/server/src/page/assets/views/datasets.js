// The folders of recordings, and the command that makes a model of them.

import { command } from '../copyable.js';
import { make, say } from '../elements.js';
import { fleet, now } from '../store.js';
import { ago, quoted, spaced } from '../words.js';

/** Of which label what was chosen. */
const chosen = new Map();

export function datasets() {
  const rows = make('tbody'), none = make('p', { class: 'quiet' }, 'No recordings yet.');
  const table = make(
    'table',
    {},
    make('thead', {}, make('tr', {}, ['label', 'recordings', 'newest', 'is'].map((text) => make('th', { scope: 'col' }, text)))),
    rows,
  );
  const explore = command(), train = command();
  const next = make(
    'div',
    {},
    make('h3', {}, 'Then, where this server runs'),
    make('p', { class: 'quiet' }, 'Look at them; train a model; serve it.'),
    explore.root,
    train.root,
  );
  const root = make(
    'section',
    { 'aria-labelledby': 'datasets' },
    make('h2', { id: 'datasets' }, 'Recordings'),
    none,
    make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-labelledby': 'datasets' }, table),
    next,
  );

  function show() {
    const sets = fleet.datasets.filter((one) => one.recordings > 0);
    none.hidden = sets.length > 0;
    table.hidden = next.hidden = sets.length === 0;
    rows.replaceChildren(...sets.map((set) => row(set, commands)));
    commands();
  }

  function commands() {
    const of = (kind) => fleet.datasets.filter((one) => one.recordings > 0 && kindOf(one) === kind).map((one) => quoted(pathOf(one)));
    const [normal, anomaly] = [of('normal'), of('anomaly')];
    const words = normal.length ? ['--normal', ...normal, ...(anomaly.length ? ['--anomaly', ...anomaly] : [])] : ['--normal', 'FOLDER'];
    say(explore.root.querySelector('code'), ['judder', 'explore', ...words, '-o', 'explore.html'].join(' '));
    say(train.root.querySelector('code'), ['judder', 'train', ...words, '-o', 'my.model.json'].join(' '));
  }

  return { root, show };
}

const pathOf = ({ label }) => [fleet.folder, label].filter(Boolean).join('/') || '.';

/** Normal, unless its label says that something is on the machine. */
function kindOf({ label }) {
  return chosen.get(label) ?? (/(^|_)[1-9]\d*_weights?($|[-_])|anomal|coin|broken/i.test(label) ? 'anomaly' : 'normal');
}

function row(set, changed) {
  const turn = () => {
    chosen.set(set.label, select.value);
    changed();
  };
  const select = make(
    'select',
    { 'aria-label': `What ${set.label || 'the folder itself'} is`, change: turn },
    ['normal', 'anomaly', 'left out'].map((text) => make('option', { value: text }, text)),
  );
  select.value = kindOf(set);
  const cells = [spaced(set.recordings), set.newest ? ago(set.newest, now()) : '–'];
  return make('tr', {}, make('th', { scope: 'row', class: 'long' }, set.label || 'the folder itself'), cells.map((text) => make('td', {}, text)), make('td', {}, select));
}
