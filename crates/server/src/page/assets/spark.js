// The last scores of a device in a line: what lies above the threshold is warm.
//
// The threshold is at half the height on every card, and no score leaves the top: s becomes s / (1 + s).

import { draw, mark } from './elements.js';

const WIDTH = 120, HEIGHT = 40, MOST = 60;

/** From a score in thresholds to a height, 0 at the top. */
const height = (share) => HEIGHT - 2 - (HEIGHT - 4) * (Math.max(0, share) / (1 + Math.max(0, share)));
const HALF = height(1);

/** A spark line, drawn anew by `show`. */
export function spark() {
  const half = (name, y, tall) => {
    const line = draw('path', { class: name });
    const part = draw('svg', { x: 0, y, width: WIDTH, height: tall, viewBox: `0 ${y} ${WIDTH} ${tall}` }, line);
    return [part, line];
  };
  const [above, warm] = half('warm', 0, HALF);
  const [below, cold] = half('cold', HALF, HEIGHT - HALF);
  const last = draw('path', { class: 'last' });
  const root = draw(
    'svg',
    { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    draw('path', { class: 'limit', d: `M0 ${HALF}H${WIDTH}` }),
    above,
    below,
    last,
  );
  const show = (shares) => {
    const step = WIDTH / (MOST - 1), from = MOST - shares.length;
    let path = '', pen = 'M', end = null;
    shares.forEach((share, at) => {
      if (share === null) {
        pen = 'M';
        return;
      }
      end = [((from + at) * step).toFixed(1), height(share).toFixed(1), share];
      path += `${pen}${end[0]} ${end[1]}`;
      pen = 'L';
    });
    mark(warm, 'd', path);
    mark(cold, 'd', path);
    mark(last, 'd', end ? `M${Math.min(end[0], WIDTH - 0.1)} ${end[1]}h.01` : '');
    mark(last, 'class', end && end[2] > 1 ? 'last warm' : 'last cold');
  };
  return { root, show };
}
