// Sessions: what is posted now is recorded with a label, to train a model from.

import { ask, askJson } from '../api.js';
import { make, mark, say } from '../elements.js';
import { figure } from '../figure.js';
import { fleet, now } from '../store.js';
import { counted, long } from '../words.js';
import { datasets } from './datasets.js';

export function show(main) {
  const said = make('p', { class: 'error', role: 'alert' });
  const form = startForm(said), running = runningSession(said);
  const wave = figure('api/v1/session/waveform');
  const waveBox = make('section', { class: 'named', 'aria-labelledby': 'last-kept' }, make('h2', { id: 'last-kept' }, 'The last recording'), wave.root);
  const sets = datasets();
  main.append(
    make('h1', {}, 'Record'),
    make('p', { class: 'about' }, 'Put the machine into a state, say which, and record it. A model learns from a few hundred recordings of every normal state.'),
    form.root,
    running.root,
    said,
    make('div', { class: 'two-columns' }, waveBox, sets.root),
  );

  function update(change) {
    const { session } = fleet;
    form.root.hidden = session !== null;
    running.root.hidden = session === null;
    form.show();
    if (session) running.show(session);
    if (change.whole || change.parts.has('datasets') || change.parts.has('folder')) sets.show();
    waveBox.hidden = fleet.devices.size === 0;
    if (!waveBox.hidden && (change.whole || change.devices.size || change.parts.has('session'))) wave.refresh();
  }

  update({ whole: true, devices: new Set(), parts: new Set() });
  return { update, tick: () => fleet.session && running.show(fleet.session), close: wave.close };
}

function startForm(said) {
  const field = (id, text, input, hint) =>
    make('div', { class: 'field' }, make('label', { for: id }, text), input, hint ? make('small', { id: `${id}-hint` }, hint) : null);
  const label = make('input', { id: 'label', required: true, list: 'labels', autocomplete: 'off', spellcheck: 'false', maxlength: '100', 'aria-describedby': 'label-hint' });
  const labels = make('datalist', { id: 'labels' });
  const number = (id, value) => make('input', { id, type: 'number', min: '1', step: '1', inputmode: 'numeric', value, placeholder: 'no limit' });
  const seconds = number('seconds', ''), recordings = number('recordings', '200');
  const device = make('select', { id: 'device' });
  const button = make('button', { class: 'strong', type: 'submit' }, 'Start recording');
  const root = make(
    'form',
    { class: 'panel form' },
    field('label', 'Label', label, make('span', {}, 'The machine, its setting, and what is on it, as ', make('code', {}, 'fan_0_low_0_weight'), ': fan 0, low speed, no weight.')),
    labels,
    make(
      'div',
      { class: 'row' },
      field('recordings', 'Until there are so many recordings', recordings),
      field('seconds', 'or so many seconds are over', seconds),
      field('device', 'Of', device),
    ),
    make('p', {}, button),
  );
  root.addEventListener('submit', async (event) => {
    event.preventDefault();
    say(said, '');
    button.disabled = true;
    const limit = (input) => (input.value ? Number(input.value) : null);
    try {
      const json = { label: label.value.trim(), seconds: limit(seconds), recordings: limit(recordings), device: device.value || null };
      await askJson('api/v1/session', { method: 'POST', json });
    } catch (error) {
      say(said, error.message);
      label.focus();
    }
    button.disabled = false;
  });

  function show() {
    const texts = fleet.datasets.map((one) => one.label).filter(Boolean);
    if (texts.join('\n') !== labels.dataset.all) {
      labels.dataset.all = texts.join('\n');
      labels.replaceChildren(...texts.map((value) => make('option', { value })));
    }
    const names = [...fleet.devices.keys()].sort();
    if (device.dataset.all === names.join('\n')) return;
    device.dataset.all = names.join('\n');
    const chosen = device.value;
    device.replaceChildren(make('option', { value: '' }, 'all devices'), ...names.map((name) => make('option', { value: name }, name)));
    if (names.includes(chosen)) device.value = chosen;
  }

  return { root, show };
}

function runningSession(said) {
  const what = make('h2'), count = make('b'), text = make('span', { class: 'quiet' });
  const bar = make('progress', { max: '1', 'aria-label': 'How much of the session is over' });
  const stop = make('button', { type: 'button', class: 'strong warm' }, 'Stop');
  const root = make('section', { class: 'panel running', 'aria-label': 'The session that runs' }, what, make('p', { class: 'count' }, count, ' ', text), bar, make('p', {}, stop));
  stop.addEventListener('click', async () => {
    say(said, '');
    stop.disabled = true;
    await ask('api/v1/session', { method: 'DELETE' }).catch((error) => say(said, error.message));
    stop.disabled = false;
  });

  function show(session) {
    const passed = Math.max(0, now() - session.started);
    say(what, `Recording ${session.label}`);
    say(count, String(session.kept));
    const parts = [session.recordings ? `of ${counted(session.recordings, 'recording')}` : session.kept === 1 ? 'recording' : 'recordings'];
    parts.push(session.seconds ? `${long(passed)} of ${long(session.seconds * 1000)}` : `for ${long(passed)}`);
    parts.push(`from ${session.device ?? 'all devices'}`, `into ${session.folder}`);
    say(text, parts.join(' · '));
    const shares = [];
    if (session.recordings) shares.push(session.kept / session.recordings);
    if (session.seconds) shares.push(passed / (1000 * session.seconds));
    mark(bar, 'value', shares.length ? String(Math.min(1, Math.max(...shares)).toFixed(3)) : null);
  }

  return { root, show };
}
