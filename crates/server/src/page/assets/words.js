// Numbers and times as people read them.

/** Three significant digits, without idle zeros. */
export function digits(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** Two significant digits. */
export const about = (value) => String(Number(value.toPrecision(2)));

/** `1 device`, `2 devices`. */
export const counted = (count, thing) => `${spaced(count)} ${thing}${count === 1 ? '' : 's'}`;

/** With a narrow space at thousands. */
export const spaced = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, count >= 10_000 ? '\u202f' : '');

/** How long something took or takes, in ms. */
export function long(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** How long ago it was. */
export const ago = (at, now) => (now - at < 2000 ? 'now' : `${long(now - at)} ago`);

// As the charts have them.
const format = (parts) => new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...parts });
const TIME = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = format({ day: 'numeric', month: 'short' });
const MINUTE = format({ hour: '2-digit', minute: '2-digit' });
const WHOLE = format({ dateStyle: 'medium', timeStyle: 'medium' });

/** The time on the reader's clock; with the day, where it is not today. */
export function clock(at, now) {
  const day = DAY.format(at);
  return day === DAY.format(now) ? TIME.format(at) : `${day}, ${MINUTE.format(at)}`;
}

/** The day and the time, whole. */
export const whole = (at) => WHOLE.format(at);

/** A share of the threshold, as steady as it can be read. */
const share = (value) => (value < 9.95 ? value.toFixed(2) : spaced(Math.round(value)));

/** A score against its threshold: the number, and what it is of. */
export function against({ score, threshold }) {
  if (score === null || score === undefined) return ['–', 'not judged yet'];
  if (!threshold) return [digits(score), 'score, no threshold'];
  return [share(score / threshold), '× threshold'];
}

/** Words of a shell, quoted where they must be. */
export const quoted = (word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
