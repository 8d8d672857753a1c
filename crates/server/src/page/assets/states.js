// What a device may be: in a word, a shape and a colour, strange ones first.

import { draw, make, mark, say } from './elements.js';

/** From 0 to 1; told apart by every kind of sight, and on paper. */
const SHAPES = {
  normal: ['full', 'M12 7A5 5 0 1 1 2 7A5 5 0 1 1 12 7Z'],
  anomaly: ['full', 'M2 2H12V12H2Z'],
  silent: ['open', 'M2 2H12V12H2ZM2 12L12 2'],
  unfit: ['open', 'M2.5 2.5L11.5 11.5M11.5 2.5L2.5 11.5'],
  remounted: ['open', 'M7 1.5L12.5 7L7 12.5L1.5 7Z'],
  handled: ['open', 'M7 2L12.5 12H1.5Z'],
  idle: ['open', 'M12 7A5 5 0 1 1 2 7A5 5 0 1 1 12 7Z'],
  unwatched: ['dotted', 'M12 7A5 5 0 1 1 2 7A5 5 0 1 1 12 7Z'],
};
const OTHER = ['open', 'M7 2L12.5 12H1.5Z'];
/** The kinds of alerts that are no states. */
const KINDS = {
  disk: ['open', 'M2 4H12V10H2ZM4 7H10'],
  clock: ['open', 'M12 7A5 5 0 1 1 2 7A5 5 0 1 1 12 7ZM7 4V7L9 8.5'],
  outlet: ['open', 'M2 7H8M8 3L12 7L8 11'],
  history: ['open', 'M3 2H11V12H3ZM3 8L6 6L8 9L11 6'],
  drift: ['open', 'M2 11C6 11 7 3 12 3'],
  unjudged: ['open', 'M2 7A5 5 0 1 1 12 7A5 5 0 1 1 2 7M3.5 10.5L10.5 3.5'],
};

const ORDER = ['anomaly', 'unfit', 'silent', 'remounted', 'handled'];

/** How far to the front a device belongs; what is all right is alike. */
export function rank(device) {
  const at = ORDER.indexOf(device.state);
  if (at >= 0) return at;
  return device.conditions.length ? ORDER.length : ORDER.length + 1;
}

/** Strange ones first, then by name. */
export function inOrder(devices) {
  const names = new Intl.Collator(undefined, { numeric: true });
  return devices.sort((a, b) => rank(a) - rank(b) || names.compare(a.name, b.name));
}

/** What else is wrong with a device, besides what its state says. */
export const besides = (device) => device.conditions.filter((kind) => kind !== device.state);

/** The sign of a state: its shape and its word. */
export function sign() {
  const path = draw('path');
  const word = make('span');
  const root = make('span', { class: 'is' }, draw('svg', { viewBox: '0 0 14 14', 'aria-hidden': 'true' }, path), word);
  const show = (state, said = state) => {
    const [kind, d] = SHAPES[state] ?? KINDS[state] ?? OTHER;
    mark(root, 'data-state', state);
    mark(path, 'class', kind);
    mark(path, 'd', d);
    say(word, said);
    return root;
  };
  return { root, show };
}
