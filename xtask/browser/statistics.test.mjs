// The expected numbers are themselves held against some worked by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

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
