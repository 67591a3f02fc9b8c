import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/processes.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/swapmeet.js', import.meta.url));
const TIMEOUT_MS = 60_000;

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

/** Why the test can't be: it makes network namespaces. */
function whyNot(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux, and root';
  try {
    execFileSync('ip', ['-V'], { stdio: 'pipe' });
    return false;
  } catch {
    return 'needs the program ip';
  }
}

/**
 * A machine of its own for the server and each of two peers. The peers are on networks that are joined only at the server's, which
 * forwards nothing: neither has a way to the other.
 */
function createNetworks(t: TestContext) {
  const names = { server: `sw${process.pid}s`, ada: `sw${process.pid}a`, bob: `sw${process.pid}b` };
  t.after(() => {
    for (const name of Object.values(names)) ip('netns', 'del', name);
  });
  for (const name of Object.values(names)) {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  for (const [peer, net] of [
    ['ada', '10.71.1'],
    ['bob', '10.71.2'],
  ] as const) {
    const [outer, inner] = [`${names[peer]}o`, `${names[peer]}i`];
    ip('link', 'add', outer, 'netns', names.server, 'type', 'veth', 'peer', 'name', inner, 'netns', names[peer]);
    ip('-n', names.server, 'addr', 'add', `${net}.1/24`, 'dev', outer);
    ip('-n', names[peer], 'addr', 'add', `${net}.2/24`, 'dev', inner);
    ip('-n', names.server, 'link', 'set', outer, 'up');
    ip('-n', names[peer], 'link', 'set', inner, 'up');
  }
  // The server is at one address for both.
  ip('-n', names.server, 'addr', 'add', '10.71.0.1/32', 'dev', 'lo');
  for (const [peer, net] of [
    ['ada', '10.71.1'],
    ['bob', '10.71.2'],
  ] as const) {
    ip('-n', names[peer], 'route', 'add', 'default', 'via', `${net}.1`);
  }
  return names;
}

function runIn(t: TestContext, namespace: string, args: readonly string[]) {
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, stderr: () => stderr };
}

async function startIn(t: TestContext, namespace: string, args: readonly string[]): Promise<string> {
  const { child, stderr } = runIn(t, namespace, args);
  const late = AbortSignal.timeout(TIMEOUT_MS);
  for await (const line of createInterface({ input: child.stdout, signal: late })) {
    if (line.startsWith('ready ')) return line.slice('ready '.length);
  }
  throw new Error(`${args.join(' ')}: ${stderr()}`);
}

async function outputIn(t: TestContext, namespace: string, args: readonly string[]): Promise<string> {
  const { child, stderr } = runIn(t, namespace, args);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, stderr());
  return stdout;
}

describe('peers on networks of their own', { skip: whyNot() }, () => {
  for (const { way, adaListens } of [
    // Bob is published to nobody; who listens on loopback alone can't be dialled.
    { way: 'relay', adaListens: '127.0.0.1:0' },
    { way: 'dial-back', adaListens: '0.0.0.0:7475' },
  ]) {
    it(`get a file by ${way}`, async (t) => {
      const names = createNetworks(t);
      // With forwarding bob can dial ada, who listens; and still nobody bob, who does not.
      if (way === 'dial-back') {
        execFileSync('ip', ['netns', 'exec', names.server, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
      }
      const { path: root, remove } = await temporaryFolder('namespaces');
      t.after(remove);
      const data = (name: string): string[] => ['--data', join(root, name)];
      const link = await startIn(t, names.server, ['server', ...data('server'), '--listen', '10.71.0.1:7474']);
      const files = join(root, 'files');
      await mkdir(files);
      await writeFile(join(files, 'a.txt'), 'from behind a wall');
      const joins = ['--join', link, '--no-port-mapping'];
      await startIn(t, names.bob, [
        'peer',
        ...data('bob'),
        ...joins,
        '--name',
        'bob',
        '--share',
        files,
        '--listen',
        '127.0.0.1:0',
      ]);
      await startIn(t, names.ada, ['peer', ...data('ada'), ...joins, '--name', 'ada', '--listen', adaListens]);
      const findings = (await outputIn(t, names.ada, ['doctor', 'bob', '--json', ...data('ada')])).trim().split('\n');
      const bob = JSON.parse(findings.at(-1) ?? '') as { reachedBy?: string };
      assert.equal(bob.reachedBy, way);
      await outputIn(t, names.ada, ['get', 'bob:files/a.txt', ...data('ada')]);
      assert.equal(await readFile(join(root, 'ada', 'downloads', 'a.txt'), 'utf8'), 'from behind a wall');
    });
  }
});
