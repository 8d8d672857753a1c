// The recordings and scores that the pages were made from, read anew.

import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { FOLDER } from './page.mjs';

/** The folders of the simulated fan: on the pages each is a state. */
export const LOW = 'fan_0_low_0_weight';
export const COIN = 'fan_0_low_1_weight';
export const MEDIUM = 'fan_0_med_0_weight';

/** What pages call them: what all folders' names begin with says nothing. */
export const SHORT = { [LOW]: 'low_0_weight', [COIN]: 'low_1_weight', [MEDIUM]: 'med_0_weight' };

/** Simulated recordings, in Hz. */
export const RATE = 200;

/** The names of the recordings of a folder, in order. */
export function files(folder) {
  return readdirSync(resolve(FOLDER, folder)).filter((name) => name.endsWith('.csv')).sort();
}

/** The recordings of a folder, each as one list of readings for each axis, in g. */
export function recordings(folder) {
  return files(folder).map((name) => {
    const lines = readFileSync(resolve(FOLDER, folder, name), 'utf8').trim().split('\n');
    const rows = lines.map((line) => line.split(',').map(Number));
    return [0, 1, 2].map((axis) => rows.map((row) => row[axis]));
  });
}

/** The rows of `judder score --format csv` for a folder: `{ score, threshold, verdict }`. */
export function scores(folder) {
  const file = join(FOLDER, 'scores', `${folder.replaceAll('/', '-')}.csv`);
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  if (head !== 'path,score,threshold,verdict') {
    throw new Error(`${file} has other columns: ${head}`);
  }
  return lines.map((line) => {
    // No folder that is scored here has a comma in its name.
    const [, score, threshold, verdict] = line.split(',');
    return { score: Number(score), threshold: Number(threshold), verdict };
  });
}
