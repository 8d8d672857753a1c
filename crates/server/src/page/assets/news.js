// What a screen reader is told unasked: alerts, and no scores.

import { make } from './elements.js';

/** No more is kept to be read again. */
const MOST = 20;

/** Tells what was raised and cleared. */
export function tell({ raised, cleared }) {
  const log = document.getElementById('news');
  const of = (one) => one.device ?? 'the server';
  for (const one of raised) log.append(make('span', {}, `Alert, ${of(one)}: ${one.kind}. ${one.words} `));
  for (const one of cleared) log.append(make('span', {}, `${of(one)}: ${one.kind} is over. `));
  while (log.childElementCount > MOST) log.firstElementChild.remove();
}
