// The page: hears from the server, and shows the view that the address names.

import { logOut } from './api.js';
import { connect } from './connection.js';
import { say } from './elements.js';
import { showHead } from './head.js';
import { tell } from './news.js';
import { apply, fleet, merged, now, openAlerts } from './store.js';
import * as alerts from './views/alerts.js';
import * as device from './views/device.js';
import * as devices from './views/fleet.js';
import * as models from './views/models.js';
import * as record from './views/record.js';
import * as settings from './views/settings.js';
import { clock, counted } from './words.js';

const VIEWS = { '': devices, device, record, models, alerts, settings };
const main = document.getElementById('main');
const lostBar = document.getElementById('lost');

let view = null, about = '', connected = true, waiting = null;

/** The view that the address names, and what of it. */
function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/');
  const known = Object.hasOwn(VIEWS, name) ? name : '';
  let what = rest.join('/');
  try {
    what = decodeURIComponent(what);
  } catch {
    // What is no such name is looked for as it is.
  }
  return { name: known, what };
}

function open(first = false) {
  view?.close?.();
  view = null;
  const { name, what } = route();
  for (const link of document.querySelectorAll('#pages a')) {
    const here = link.getAttribute('href') === `#/${name}` || (name === 'device' && link.getAttribute('href') === '#/');
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  // Until the server has said something there is nothing to show.
  if (!fleet.known) return;
  main.replaceChildren();
  view = VIEWS[name].show(main, what);
  about = name === 'device' ? what : name;
  showHead(about, connected);
  if (first) return;
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

function draw() {
  const change = waiting;
  waiting = null;
  if (!view) open(true);
  else view.update?.(change);
}

function told(said) {
  const change = apply(said);
  tell(change);
  const count = openAlerts().length, badge = document.getElementById('open-count');
  say(badge, String(count));
  badge.hidden = count === 0;
  warn();
  say(document.getElementById('version'), `judder ${fleet.version}`);
  showHead(about, connected);
  if (!waiting) requestAnimationFrame(draw);
  waiting = merged(waiting, change);
}

/** Says above every view that recordings are refused, while they are. */
function warn() {
  const bar = document.getElementById('unkept'), { unkept } = fleet;
  const [what, count] = bar.children;
  // The count goes on and on, and is no alert.
  say(what, unkept ? `Since ${clock(unkept.since, now())} nothing can be kept: ${unkept.words}.${fleet.mode === 'serve' ? ' Alarms go on.' : ''}` : '');
  say(count, unkept?.recordings ? `${unkept.recordings === 1 ? '1 try' : `${unkept.recordings} tries`} refused. Boards that repeat send theirs again.` : '');
  bar.hidden = !unkept;
}

function lost(reason) {
  connected = reason === null;
  document.body.classList.toggle('is-lost', !connected);
  say(lostBar, reason ?? '');
  lostBar.hidden = connected;
  showHead(about, connected);
}

addEventListener('hashchange', () => open());
setInterval(() => view?.tick?.(), 1000);
// Its address is not a view's.
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
document.getElementById('log-out').addEventListener('click', () => logOut().catch((error) => lost(`Not logged out: ${error.message}.`)));
open(true);
connect({ told, lost });
