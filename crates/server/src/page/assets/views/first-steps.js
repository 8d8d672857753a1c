// What to do where there is no device yet.

import { place } from '../api.js';
import { command } from '../copyable.js';
import { make } from '../elements.js';

export function firstSteps() {
  const { hostname, port } = location;
  return make(
    'div',
    { class: 'advice' },
    make('p', { class: 'lead' }, 'No board has posted anything yet.'),
    make(
      'ul',
      {},
      make('li', {}, 'A board with the sketch of the TinyML example: put ', make('code', {}, hostname), ' and port ', make('code', {}, port || '80'), ' into the sketch, and let it run. Nothing else changes.'),
      make('li', {}, 'A board of your own posts to ', make('code', {}, `${place}/api/v1/recordings`), '; ', make('a', { href: '#/settings' }, 'how it does'), '.'),
      make('li', {}, 'No board at hand? This lets three simulated ones post, and a coin drop onto the first after 20 s:'),
    ),
    command(`judder simulate --post ${place} --boards 3 --recordings 600 --coin-after 20`).root,
  );
}
