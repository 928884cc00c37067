import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './browser';
import { userOptions } from './users';

const binary = (name: string) => fileURLToPath(new URL(`../../target/debug/${name}`, import.meta.url));
/** It may have to fetch a database and build the page first. */
const START_MS = 10 * 60_000;
const MODEL = 'global.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** Starts the whole platform on a data folder of its own; `MANGOO_E2E_URL` names one that runs already, and `MANGOO_E2E_BEDROCK` its models. */
export default async function setUp() {
  if (!findBrowser()) {
    const reason = 'no Chromium: set MANGOO_CHROMIUM, install one on the PATH, or run `just setup`';
    if (process.env.CI) throw new Error(reason);
    process.env.MANGOO_E2E_SKIP = reason;
    console.warn(`Browser tests SKIPPED: ${reason}`);
    return;
  }
  if (process.env.MANGOO_E2E_URL) return;
  for (const name of ['mangoo-ops', 'stand-ins']) {
    if (!existsSync(binary(name))) throw new Error(`${binary(name)} is missing: run \`cargo build --workspace\` first`);
  }

  // The database may run as another user, so nothing around its folder is private: `--fresh` makes it anew.
  const data = await mkdtemp(join(tmpdir(), 'mangoo-e2e-'));
  // Postgres runs as another user when this runs as root, and has to get in.
  await chmod(data, 0o755);
  const said = `${data}.log`;
  const port = await freePort();
  // A process of its own, so that tests can say what the model does.
  const bedrock = spawn(binary('stand-ins'), ['bedrock', '--pace-ms', '25'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const greeting = await Promise.race([once(bedrock.stdout, 'data'), once(bedrock, 'exit').then(() => { throw new Error('the stand-in for Bedrock ended'); })]);
  const bedrockUrl = String(greeting).split('\n', 1)[0] ?? '';
  const server = spawn(binary('mangoo-ops'), ['dev', '--port', String(port), '--data', data, '--fresh', '--bedrock', bedrockUrl, ...userOptions], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A model that is busy is so at once.
    env: { ...process.env, BEDROCK_MODEL_ID: MODEL, BEDROCK_PRICES: `${MODEL}=3/15`, BEDROCK_MAX_ATTEMPTS: '1' },
  });
  const tearDown = async () => {
    await Promise.all([end(server), end(bedrock)]);
    await rm(data, { recursive: true, force: true });
    await rm(said, { force: true });
  };
  try {
    await greeted(server);
    // It prints the codes that Cognito would mail.
    await appendFile(said, '');
    server.stdout.on('data', (text: Buffer) => void appendFile(said, text));
    process.env.MANGOO_E2E_SAID = said;
    process.env.MANGOO_E2E_BEDROCK = bedrockUrl;
  } catch (error) {
    await tearDown();
    throw error;
  }
  process.env.MANGOO_E2E_URL = `http://127.0.0.1:${port}`;
  return tearDown;
}

/** Resolves when the server has said where it is. */
function greeted(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => { reject(new Error(`the server did not start in time:\n${said}`)); }, START_MS);
    const listen = (text: Buffer) => {
      said += text.toString();
      if (said.includes('Mangoo is at')) {
        clearTimeout(timer);
        resolve();
      }
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('error', reject);
    server.once('exit', (code) => { reject(new Error(`the server ended with ${String(code)}:\n${said}`)); });
  });
}

function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.kill('SIGKILL'), 20_000);
    server.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    server.kill('SIGTERM');
  });
}

/** A port that is free, and the next one too: the local Cognito takes that. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    if (port < 65_535 && (await listenOnce(port + 1).catch(() => 0))) return port;
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => { resolve(typeof address === 'object' && address ? address.port : 0); });
    });
  });
}
