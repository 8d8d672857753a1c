// `judder serve` and simulated boards, as processes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FOLDER, tokens } from './page.mjs';

/** No process is waited for longer, in ms. */
const PATIENCE = 60_000;

function start(args, folder) {
  const program = process.env.JUDDER_PROGRAM;
  assert.ok(program, 'JUDDER_PROGRAM is not set: run this by `cargo xtask test browser`');
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => { text += part; });
  const ended = new Promise((done) => { child.on('exit', done); });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  /** Waits until it has said something like this. */
  const said = async (pattern) => {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = text.match(pattern);
      if (found) return found;
      assert.ok(Date.now() < end && child.exitCode === null, `${args[0]} did not say ${pattern}: ${text}`);
      await new Promise((done) => { setTimeout(done, 20); });
    }
  };
  const stop = async () => {
    child.kill('SIGINT');
    const late = setTimeout(kill, PATIENCE);
    await ended;
    clearTimeout(late);
    process.off('exit', kill);
  };
  return { said, stop };
}

/** A server in a folder of its own, which goes with it. */
export async function serve(...args) {
  const folder = mkdtempSync(join(tmpdir(), 'judder-live-'));
  const begin = async () => {
    const server = start(['serve', ...args, '-d', 'kept', '--address', '127.0.0.1', '-p', '0'], folder);
    const [, url, token] = await server.said(/the page: (http:\/\/127\.0\.0\.1:\d+\/)\?token=(\S+)/);
    tokens.set(new URL(url).origin, token);
    return { server, url };
  };
  let { server, url } = await begin();
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  /** Stops it, and starts another one in its place: where that is. */
  const again = async () => {
    await server.stop();
    ({ server, url } = await begin());
    return url;
  };
  return { url, kept: join(folder, 'kept'), stop, again };
}

/** Boards that post to a server. */
export const boards = (url, ...args) =>
  start(['simulate', '--post', url, '--states', 'low', '--protocol', 'json', '--recordings', '100000', ...args], FOLDER);
