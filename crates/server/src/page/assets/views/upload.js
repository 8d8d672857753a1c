// A model file that is picked or dropped goes to the server.

import { askJson } from '../api.js';
import { make, say } from '../elements.js';
import { digits } from '../words.js';

/** No model is as large; in bytes. */
const LARGEST = 64 << 20;

export function upload() {
  const file = make('input', { type: 'file', id: 'model-file', accept: '.json,application/json' });
  const name = make('input', { id: 'model-name', autocomplete: 'off', spellcheck: 'false', required: true, maxlength: '100' });
  const button = make('button', { type: 'submit', class: 'strong', disabled: true }, 'Put it here');
  const said = make('p', { role: 'status' });
  const root = make(
    'form',
    { class: 'panel form drop' },
    make('h2', {}, 'Add a model, or put another one in its place'),
    make('div', { class: 'field' }, make('label', { for: 'model-file' }, 'Pick the file that judder train wrote, or drop it here'), file),
    make('div', { class: 'field' }, make('label', { for: 'model-name' }, 'Its name'), name, make('small', {}, 'Where there is one of this name, the old file is kept beside the new one.')),
    make('p', {}, button),
    said,
  );
  let picked = null;

  function pick(one) {
    picked = one ?? null;
    button.disabled = !picked;
    said.className = '';
    say(said, picked ? `${picked.name}, ${digits(picked.size / 1024)} KiB` : '');
    if (picked) name.value = picked.name.replace(/(\.model)?\.json$/i, '');
  }

  file.addEventListener('change', () => pick(file.files[0]));
  for (const kind of ['dragenter', 'dragover']) {
    root.addEventListener(kind, (event) => {
      event.preventDefault();
      root.classList.add('over');
    });
  }
  root.addEventListener('dragleave', (event) => {
    if (!root.contains(event.relatedTarget)) root.classList.remove('over');
  });
  root.addEventListener('drop', (event) => {
    event.preventDefault();
    root.classList.remove('over');
    pick(event.dataTransfer.files[0]);
  });
  root.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!picked) return;
    button.disabled = true;
    said.className = '';
    try {
      if (picked.size > LARGEST) throw new Error(`${picked.name} is too large for a model`);
      const path = `api/v1/models/${encodeURIComponent(name.value.trim())}`;
      const model = await askJson(path, { method: 'PUT', body: await picked.text() });
      root.reset();
      pick(null);
      say(said, `${model.name} is in use.`);
    } catch (error) {
      said.className = 'error';
      say(said, error.message);
      button.disabled = false;
    }
  });
  return { root };
}
