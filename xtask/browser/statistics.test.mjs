// The expected numbers are themselves held against some worked by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as statistics from './statistics.mjs';
import { mad, median, shareHigher } from './statistics.mjs';

test('the median of an odd and of an even number of values', () => {
  assert.equal(median([10, 9, 2]), 9);
  assert.equal(median([10, 9, 2, 1]), 5.5);
});

test('the median absolute deviation', () => {
  // The median is 2, the deviations from it are 1, 1, 0, 0, 2, 4 and 7.
  assert.equal(mad([1, 1, 2, 2, 4, 6, 9]), 1.4826);
});

test('the share of pairs, with ties', () => {
  // 2 against 1, 2 and 3 is 1 + 1/2 + 0; 4 is higher than all.
  assert.equal(shareHigher([1, 2, 3], [2, 4]), 4.5 / 6);
});

test('deviations, ranges and correlations', () => {
  assert.equal(statistics.std([1, 3, 1, 3]), 1);
  assert.equal(statistics.peakToPeak([3, -1, 2]), 4);
  // The steps are 2, -2 and 2; their mean is 2/3.
  near(statistics.diffStd([1, 3, 1, 3]), Math.sqrt(32 / 9));
  near(statistics.correlation([1, 2, 3], [2, 1, 3]), 0.5);
  near(statistics.correlation([1, 2, 3], [-1, -2, -3]), -1);
});

test('the amplitude of a line', () => {
  // A sine stands with its amplitude at its line, with half of it beside, and nowhere else.
  const wave = Array.from({ length: 32 }, (_, at) => 7 + 3 * Math.sin((2 * Math.PI * 5 * at) / 32));
  near(statistics.amplitude(wave, 5), 3);
  near(statistics.amplitude(wave, 6), 1.5);
  near(statistics.amplitude(wave, 8), 0);
  // And so at half the sample rate.
  const fastest = Array.from({ length: 32 }, (_, at) => (at % 2 ? -2 : 2));
  near(statistics.amplitude(fastest, 16), 2);
});

function near(found, expected) {
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} is not ${expected}`);
}
