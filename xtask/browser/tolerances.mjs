// How far what is shown may lie from what is true.

import assert from 'node:assert/strict';

/** Numbers are shown with four digits: half of the last one, as a share of the number. */
export const FOUR_DIGITS = 5e-4;
/** Paths lie on a grid: half a step, as a share of the axis. */
export const GRID = 0.5 / 50_000;
/** And shades on so many steps: half of one. */
export const SHADE = 0.5 / 47;

/** Sees that a number with four digits, from a path on a linear axis of this range, is the one expected. */
export function near(shown, expected, range, what) {
  // The digits are those of what lies on the grid, which may be the larger.
  const most = GRID * range + FOUR_DIGITS * (Math.abs(expected) + GRID * range);
  within(shown, expected, most, what);
}

/** The same of an axis by factors, of which the last is `factor` times the first. */
export function nearFactor(shown, expected, factor, what) {
  within(shown, expected, (FOUR_DIGITS + GRID * Math.log(factor)) * Math.abs(expected), what);
}

/** Sees that a number is no farther from the one expected than this. */
export function within(shown, expected, most, what) {
  const message = `${what}: ${shown} is shown, ${expected} expected, to ${most}`;
  assert.ok(Math.abs(shown - expected) <= most, message);
}
