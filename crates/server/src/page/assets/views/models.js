// The models: what each is, who is scored by it, and how a new one comes in.

import { ask, askJson, deviceAt } from '../api.js';
import { command } from '../copyable.js';
import { arrange, make, say } from '../elements.js';
import { fleet } from '../store.js';
import { counted, digits, quoted } from '../words.js';
import { upload } from './upload.js';

export function show(main) {
  const list = make('div', { class: 'models' }), text = make('p', { class: 'about' });
  const none = make(
    'div',
    { class: 'advice' },
    make('p', { class: 'lead' }, 'No model yet, so nothing is scored.'),
    make('p', {}, make('a', { href: '#/record' }, 'Record'), ' the machine while it is well, train a model from that, and put it here:'),
    command(`judder train --normal ${quoted(fleet.folder ?? 'FOLDER')} -o my.model.json`).root,
  );
  const models = new Map();
  main.append(make('h1', {}, 'Models'), text, none, list, upload().root);

  function update(change) {
    if (!change.whole && !change.parts.has('models') && !change.devices.size) return;
    const names = new Set(fleet.models.map((one) => one.name));
    for (const name of models.keys()) if (!names.has(name)) models.delete(name);
    for (const one of fleet.models) {
      if (!models.has(one.name)) models.set(one.name, modelCard(one.name));
      models.get(one.name).show(one);
    }
    arrange(list, fleet.models.map((one) => models.get(one.name).root));
    none.hidden = fleet.models.length > 0;
    say(text, fleet.models.length ? 'Each device is scored by the model that it is given, or by the default. A file that changes is read again; no restart is needed.' : '');
  }

  update({ whole: true, devices: new Set(), parts: new Set() });
  return { update };
}

function modelCard(name) {
  const badge = make('span', { class: 'badge' }, 'default'), problem = make('p', { class: 'error' });
  const figures = make('dl'), used = make('p', { class: 'quiet' }), said = make('p', { class: 'error', role: 'alert' });
  const devices = make('select', { 'aria-label': `A device for ${name} to score` });
  const standard = make('button', { type: 'button' }, 'make default');
  const assign = make('button', { type: 'button' }, 'assign');
  const root = make(
    'article',
    { class: 'panel model' },
    make('h2', {}, name, ' ', badge),
    problem,
    figures,
    used,
    make('div', { class: 'controls' }, standard, make('span', { class: 'joined' }, devices, assign)),
    said,
  );
  const doing = (button, work) => button.addEventListener('click', async () => {
    say(said, '');
    button.disabled = true;
    await work().catch((error) => say(said, error.message));
    button.disabled = false;
  });
  doing(standard, () => ask('api/v1/default-model', { method: 'PUT', json: { model: name } }));
  doing(assign, async () => {
    if (devices.value) await askJson(deviceAt(devices.value), { method: 'PUT', json: { model: name } });
  });

  function show(model) {
    badge.hidden = !model.default;
    standard.hidden = model.default;
    say(problem, model.problem ?? '');
    problem.hidden = !model.problem;
    const rows = [
      ['detector', `${model.detector} on ${model.features}`],
      ['threshold', model.threshold === null ? 'none, so it judges nothing' : `${digits(model.threshold)} (${model.rule})`],
      ['decides by', model.decision],
      ['takes', `${model.window} readings × ${counted(model.axes, 'axis').replace('axiss', 'axes')} at ${digits(model.rate_hz)} Hz`],
      ['SHA-256', `${model.sha256.slice(0, 12)}`],
    ];
    if (figures.dataset.of !== JSON.stringify(rows)) {
      figures.dataset.of = JSON.stringify(rows);
      figures.replaceChildren(...rows.flatMap(([what, value]) => [make('dt', {}, what), make('dd', {}, value)]));
    }
    say(used, usedBy(model));
    const others = [...fleet.devices.keys()].filter((one) => !model.devices.includes(one)).sort();
    if (devices.dataset.of !== others.join('\n')) {
      devices.dataset.of = others.join('\n');
      const before = devices.value;
      devices.replaceChildren(make('option', { value: '' }, 'to a device …'), ...others.map((one) => make('option', { value: one }, one)));
      if (others.includes(before)) devices.value = before;
    }
    devices.disabled = others.length === 0;
  }

  return { root, show };
}

function usedBy(model) {
  const scored = [...fleet.devices.values()].filter((one) => one.model === model.name).length;
  const own = model.devices.length ? `Given to ${model.devices.slice(0, 8).join(', ')}${model.devices.length > 8 ? ` and ${model.devices.length - 8} more` : ''}.` : '';
  return `${scored ? `Scores ${counted(scored, 'device')}.` : 'Scores no device now.'} ${own}`.trim();
}
