import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BROWSE_PEER,
  expectOk,
  LOGIN,
  PASSWORD,
  REGISTER,
  REGISTER_UPDATE,
  SHA1,
  SHOW_PEERS,
} from '../conformance/support/account.ts';
import { frame, openPlaintext, type RawClient } from '../conformance/support/raw-client.ts';
import { temporaryFolder, start, type Running } from '../support/processes.ts';

const ROUNDS = 6;
const WRITERS = 3;
const NEWCOMER_FILES = 50;
/** Long enough for some lists, short enough that most kills come while one is being stored. */
const KILL_WITHIN_MS = 1_500;
const POLL_MS = 10;
const STORED_WITHIN_MS = 60_000;

/** A registration whose list is replaced again and again, and which version of it was acknowledged last. */
type Writer = { readonly name: string; id: string; acknowledged: number };

/** Every line tells the version, and every version has a number of lines of its own. */
function listOf(version: number, files = 200 + (version % 10)): string {
  return Array.from({ length: files }, (_, at) => `m/${at % 7}/file-${at}-v${version}.txt|${at}|${SHA1}`).join('\n');
}

function startServer(folder: string): Promise<Running> {
  return start([
    ...['server', '--data', folder, '--listen', '127.0.0.1:0'],
    ...['--plaintext', '--registration', 'open', '--log-level', 'fatal'],
  ]);
}

function portOf(server: Running): number {
  return Number(new URL(server.ready.replace('swapmeet:', 'http:')).port);
}

function logInAll(server: Running, writers: readonly Writer[]): Promise<[Writer, RawClient][]> {
  return Promise.all(
    writers.map(async (writer): Promise<[Writer, RawClient]> => {
      const client = await openPlaintext(portOf(server));
      expectOk(await client.ask(LOGIN, `${writer.name}\n${PASSWORD}\n${writer.id}\n|port=1`), LOGIN);
      return [writer, client];
    }),
  );
}

/** Whether the server lived to say that it has done what was asked. */
async function isAcknowledged(client: RawClient, type: number, payload: string): Promise<string[] | undefined> {
  client.send(frame(type, payload));
  const reply = await client.next();
  return reply && expectOk(reply, type);
}

async function keepWriting(client: RawClient, writer: Writer): Promise<void> {
  const head = `${writer.name}\n${PASSWORD}\n${writer.id}\n`;
  while (await isAcknowledged(client, REGISTER_UPDATE, head + listOf(writer.acknowledged + 1))) {
    writer.acknowledged += 1;
  }
  client.destroy();
}

/** Registers one name after the other; adds those that were acknowledged. */
async function keepRegistering(port: number, prefix: string, registered: Map<string, string>): Promise<void> {
  const client = await openPlaintext(port);
  for (let count = 0; ; count += 1) {
    const name = `${prefix}-${count}`;
    const lines = await isAcknowledged(client, REGISTER, `${name}\n${PASSWORD}\n${listOf(0, NEWCOMER_FILES)}`);
    if (!lines) break;
    registered.set(name, lines[1] ?? '');
  }
  client.destroy();
}

async function filenamesOf(client: RawClient, id: string): Promise<string[]> {
  const lines = expectOk(await client.ask(BROWSE_PEER, `${id}\n|limit=10000`), BROWSE_PEER);
  return lines.map((line) => line.slice(0, line.indexOf('|'))).sort();
}

function namesIn(list: string): string[] {
  return list
    .split('\n')
    .map((line) => line.slice(0, line.indexOf('|')))
    .sort();
}

/** The list is the one that was acknowledged last, or the one after it that was under way; never a mixture. */
async function checkWriter(client: RawClient, writer: Writer): Promise<void> {
  const stored = await filenamesOf(client, writer.id);
  const version = Number(/-v(\d+)\.txt$/.exec(stored[0] ?? '')?.[1]);
  assert.deepEqual(stored, namesIn(listOf(version)), `the list of ${writer.name} is whole`);
  const allowed = [writer.acknowledged, writer.acknowledged + 1];
  assert.ok(allowed.includes(version), `${writer.name} has version ${version}, not one of ${allowed.join(', ')}`);
  writer.acknowledged = version;
}

/** Every name that was acknowledged has its id, and every name that is there has its whole list. */
async function checkNewcomers(client: RawClient, registered: ReadonlyMap<string, string>): Promise<void> {
  const rows = expectOk(await client.ask(SHOW_PEERS, 'all\n|limit=10000'), SHOW_PEERS).map((row) => row.split('|'));
  const newcomers = rows.filter(([name = '']) => name.startsWith('newcomer'));
  const ids = new Map(newcomers.map(([name = '', id = '']) => [name, id]));
  for (const [name, id] of registered) assert.equal(ids.get(name), id, `${name} is registered`);
  for (const [name, , , files] of newcomers)
    assert.equal(Number(files), NEWCOMER_FILES, `the list of ${name} is whole`);
}

async function createWriters(port: number): Promise<Writer[]> {
  const names = Array.from({ length: WRITERS }, (_, index) => `writer-${index}`);
  const client = await openPlaintext(port);
  const writers: Writer[] = [];
  for (const name of names) {
    const [, id = ''] = expectOk(await client.ask(REGISTER, `${name}\n${PASSWORD}\n${listOf(0)}`), REGISTER);
    writers.push({ name, id, acknowledged: 0 });
  }
  client.destroy();
  return writers;
}

async function isTrue(condition: () => boolean, otherwise: string): Promise<void> {
  const signal = AbortSignal.timeout(STORED_WITHIN_MS);
  while (!condition()) {
    assert.ok(!signal.aborted, `${otherwise} within ${STORED_WITHIN_MS / 1000} s`);
    await sleep(POLL_MS);
  }
}

describe('kill -9 of a server that is storing lists', () => {
  it('loses nothing that was acknowledged, and leaves nothing half', { timeout: 120_000 }, async (t) => {
    const { path: folder, remove } = await temporaryFolder('durability');
    let server = await startServer(folder);
    t.after(async () => {
      await server.kill();
      await remove();
    });
    const writers = await createWriters(portOf(server));
    const registered = new Map<string, string>();
    const isSomethingStored = (): boolean =>
      registered.size > 0 && writers.some(({ acknowledged }) => acknowledged > 0);
    let clients = await logInAll(server, writers);
    for (let round = 0; round < ROUNDS; round += 1) {
      const work = clients.map(([writer, client]) => keepWriting(client, writer));
      work.push(keepRegistering(portOf(server), `newcomer-${round}`, registered));
      const killAtMs = randomInt(KILL_WITHIN_MS);
      await sleep(killAtMs);
      // On a slow machine all moments before may have come too early for anything.
      if (round === ROUNDS - 1) await isTrue(isSomethingStored, 'not both a list and a registration were acknowledged');
      await server.kill();
      await Promise.all(work);
      t.diagnostic(`killed after ${killAtMs} ms: ${writers.map(({ acknowledged }) => acknowledged).join(', ')} lists`);

      server = await startServer(folder);
      clients = await logInAll(server, writers);
      for (const [writer, client] of clients) await checkWriter(client, writer);
      for (const [, client] of clients.slice(0, 1)) await checkNewcomers(client, registered);
    }
    for (const [, client] of clients) client.destroy();
  });
});
