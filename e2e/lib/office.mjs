// The real program on a fresh sample office in a temporary folder.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator } from './totp.mjs';

const BINARY = process.env.SIGER_TEST_BINARY;
const ASSETS = fileURLToPath(new URL('../../assets/dist', import.meta.url));

// Making the sample office hashes a password for each sample officer; ten times what that takes on two busy cores.
const MAKE_MS_MAX = 60_000;
const START_MS_MAX = 15_000;
const STOP_MS_MAX = 5_000;

/** Why no story can be told here, or `false`. Once the program can serve, nothing is skipped any more. */
export function skipped() {
  if (!BINARY) return 'SIGER_TEST_BINARY does not name the program';
  if (!existsSync(BINARY)) return `${BINARY} has not been built`;
  const help = spawnSync(BINARY, ['demo', '--help'], { encoding: 'utf8' });
  if (help.status !== 0 || !help.stdout.includes('--listen')) return 'the program has no sample office to serve';
  return false;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answers(url, deadline, exited) {
  for (;;) {
    if (exited()) throw new Error('the program stopped while starting');
    try {
      const response = await fetch(url);
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > deadline) throw new Error(`no answer from ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Makes and starts an office. The result has
 *   `address`   where it serves, without a slash at the end
 *   `officers`  the sample officers as the program wrote them down: login, password, otpauth, roles; and `code()`, the next six digits
 *   `log()`     what the program has printed so far
 *   `stop()`    ends the program and removes the folder
 */
export async function openOffice() {
  const folder = mkdtempSync(join(tmpdir(), 'siger-e2e-'));
  const where = ['--data', join(folder, 'data'), '--keys', join(folder, 'keys'), '--assets', ASSETS];
  const made = spawnSync(BINARY, ['demo', ...where, '--prepare'], { encoding: 'utf8', timeout: MAKE_MS_MAX });
  if (made.status !== 0) throw new Error(`siger demo --prepare ended with ${made.status ?? made.signal}:\n${made.stdout}${made.stderr}`);

  const port = await freePort();
  const child = spawn(BINARY, ['demo', ...where, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
  const log = () => Buffer.concat(printed).toString('utf8');
  const ended = new Promise((resolve) => child.on('exit', resolve));

  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(`http://127.0.0.1:${port}/health`, Date.now() + START_MS_MAX, () => child.exitCode !== null);
    // By name: browsers give passkeys to names, never to numbers.
    return { address: `http://localhost:${port}`, officers: readOfficers(join(folder, 'keys')), log, stop };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${log()}`);
  }
}

// Only a sample office has this file: it lies beside its keys and holds what the program prints for a newcomer.
function readOfficers(keys) {
  const officers = JSON.parse(readFileSync(join(keys, 'sample-officers.json'), 'utf8'));
  return officers.map((officer) => ({ ...officer, code: generator(officer.otpauth) }));
}
