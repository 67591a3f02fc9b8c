import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generateIdentity } from '../../src/transport/identity.ts';
import {
  enter,
  expectKo,
  expectOk,
  LIST_COMMIT,
  LIST_DELTA,
  LIST_PART,
  LIST_STATE,
  LOGIN,
  login,
  MATCH,
  OTHER_SHA1,
  PASSWORD,
  register,
  REGISTER_UPDATE,
  ROOT,
  SEEN,
  SHA1,
  UNWATCH,
  WATCH,
  WATCHES,
} from './support/account.ts';
import type { Frame, RawClient } from './support/raw-client.ts';
import { startTestServer, type TestServer } from './support/running-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

let names = 0;
/** A peer that is logged in, under a name of its own. */
async function peer(files = ''): Promise<{ client: RawClient; name: string; id: string }> {
  names += 1;
  const name = `peer-${names}`;
  const client = await server.open('TLS', await generateIdentity());
  return { client, name, id: await enter(client, name, files) };
}

async function leave(client: RawClient, query: string): Promise<string> {
  const [id = ''] = expectOk(await client.ask(WATCH, query), WATCH);
  return id;
}

function file(path: string, sha1 = SHA1, size = '1'): string {
  return `${path}|${size}|${sha1}`;
}

async function publish({ client, name, id }: Awaited<ReturnType<typeof peer>>, ...lines: string[]): Promise<void> {
  expectOk(await client.ask(REGISTER_UPDATE, [name, PASSWORD, id, ...lines].join('\n')), REGISTER_UPDATE);
}

async function change({ client, id }: Awaited<ReturnType<typeof peer>>, ...lines: string[]): Promise<void> {
  const [revision = ''] = expectOk(await client.ask(LIST_STATE, id), LIST_STATE);
  expectOk(await client.ask(LIST_DELTA, [revision, ...lines].join('\n')), LIST_DELTA);
}

/** The lines of a MATCH, and its mark. */
function expectMatch(event: Frame | undefined): { lines: string[]; mark: string } {
  assert.equal(event?.type, MATCH, event?.text);
  const lines = event.text.split('\n');
  const mark = lines.find((line) => line.startsWith('|mark='))?.slice('|mark='.length) ?? '';
  return { lines: lines.filter((line) => !line.startsWith('|mark=')), mark };
}

/** Fails where a MATCH comes before the answer to a request. */
async function expectQuiet(client: RawClient): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  expectOk(await client.ask(WATCHES, ''), WATCHES);
}

describe('a watch', () => {
  it('has an id, which its query gives again, is listed, and can be taken back by its peer alone', async () => {
    const ada = await peer();
    const bob = await peer();
    const id = await leave(ada.client, 'needle ext:txt');
    assert.equal(await leave(ada.client, 'needle ext:txt'), id);
    const other = await leave(ada.client, 'a%7Cb');
    assert.deepEqual(expectOk(await ada.client.ask(WATCHES, ''), WATCHES), [`${id}|needle ext:txt`, `${other}|a%7Cb`]);
    assert.deepEqual(expectOk(await ada.client.ask(WATCHES, '|limit=1'), WATCHES), [
      `${id}|needle ext:txt`,
      `|next=${id}`,
    ]);
    assert.deepEqual(expectOk(await ada.client.ask(WATCHES, `|after=${id}`), WATCHES), [`${other}|a%7Cb`]);
    assert.deepEqual(expectOk(await bob.client.ask(WATCHES, ''), WATCHES), []);
    expectKo(await bob.client.ask(UNWATCH, id), UNWATCH, 'unknown-watch');
    expectKo(await bob.client.ask(SEEN, `${id}\n9`), SEEN, 'unknown-watch');
    expectKo(await ada.client.ask(UNWATCH, 'x'), UNWATCH, 'unknown-watch');
    expectOk(await ada.client.ask(UNWATCH, id), UNWATCH);
    expectKo(await ada.client.ask(UNWATCH, id), UNWATCH, 'unknown-watch');
  });

  it('is refused where the query does not parse, or too many ask for nothing by which they could be found', async () => {
    const ada = await peer();
    expectKo(await ada.client.ask(WATCH, '-no'), WATCH, 'bad-query');
    for (let n = 1; n <= 20; n += 1) await leave(ada.client, `size:>${n}GB`);
    expectKo(await ada.client.ask(WATCH, 'size:>21GB'), WATCH, 'too-many-watches');
    await leave(ada.client, 'size:>21GB word');
  });

  it('is told of what is published in any way, once, and not of what was there or is its own', async () => {
    const bob = await peer(file('a/needle-0.txt', 'd'.repeat(40)));
    const ada = await peer();
    const id = await leave(ada.client, 'needle');
    await publish(bob, file('a/needle-0.txt', 'd'.repeat(40)), `${file('a/Needle-1.txt')}|${ROOT}`, file('a/pin.txt'));
    const first = expectMatch(await ada.client.next());
    assert.deepEqual(first.lines, [
      id,
      `a/Needle-1.txt|1|${SHA1}|${ROOT}|1|1|1`,
      `${bob.id}|${bob.name}|a/Needle-1.txt|online`,
    ]);
    await change(bob, `+${file('b/n\u00e9edle-2', OTHER_SHA1)}`, '-a/pin.txt', '-no-needle');
    const second = expectMatch(await ada.client.next());
    assert.deepEqual(second.lines.slice(0, 2), [id, `b/n\u00e9edle-2|1|${OTHER_SHA1}||1|1|1`]);
    assert.ok(Number(second.mark) > Number(first.mark));
    await publish(bob, file('moved/needle-2', OTHER_SHA1), `${file('a/Needle-1.txt')}|${ROOT}`);
    await publish(ada, file('own/needle', 'e'.repeat(40)));
    await expectQuiet(ada.client);
  });

  it('is told of a list in parts when it takes effect, and not of one that is dropped', async () => {
    const bob = await peer();
    const ada = await peer();
    const id = await leave(ada.client, 'thimble');
    expectOk(await bob.client.ask(LIST_PART, `dropped\n1\n${file('thimble-0', 'd'.repeat(40))}`), LIST_PART);
    expectOk(await bob.client.ask(LIST_PART, `kept\n1\n${file('thimble-1')}`), LIST_PART);
    expectOk(await bob.client.ask(LIST_PART, `kept\n2\n${file('thimble-2', OTHER_SHA1)}`), LIST_PART);
    await expectQuiet(ada.client);
    expectOk(await bob.client.ask(LIST_COMMIT, 'kept\n2'), LIST_COMMIT);
    const { lines } = expectMatch(await ada.client.next());
    assert.deepEqual(
      lines.filter((line) => line.includes(`|1|1|1`)).map((line) => line.split('|')[0]),
      ['thimble-1', 'thimble-2'],
    );
    assert.equal(lines[0], id);
  });

  it('tells in each session what has not been seen, also after a restart', async () => {
    const bob = await peer();
    const ada = await peer();
    const id = await leave(ada.client, 'button');
    ada.client.destroy();
    await publish(bob, file('button-1'), file('button-2', OTHER_SHA1));
    await server.restart();
    const back = await server.open('TLS', await generateIdentity());
    back.send(Buffer.alloc(0));
    const first = await nextOf(back, ada, MATCH);
    const { lines, mark } = expectMatch(first);
    assert.deepEqual([lines[0], lines.length], [id, 5]);
    assert.match(lines[2] ?? '', /\|offline$/);
    back.destroy();
    const again = await server.open('TLS', await generateIdentity());
    assert.deepEqual(expectMatch(await nextOf(again, ada, MATCH)), { lines, mark });
    expectOk(await again.ask(SEEN, `${id}\n${mark}`), SEEN);
    again.destroy();
    const third = await server.open('TLS', await generateIdentity());
    await login(third, ada.name, ada.id);
    await expectQuiet(third);
  });

  it('takes a bounded number from one list, says that there was more, and tells the others once these are seen', async () => {
    const bob = await peer();
    const ada = await peer();
    const sha1 = (n: number): string => n.toString(16).padStart(40, '0');
    const beads = Array.from({ length: 250 }, (_, n) => file(`bead-${n}`, sha1(n)));
    await publish(bob, ...beads.slice(0, 10));
    const id = await leave(ada.client, 'bead');
    await publish(bob, ...beads);
    const told = new Set<string>();
    const next = async (): Promise<{ lines: string[]; mark: string }> => {
      const match = expectMatch(await ada.client.next());
      for (const line of match.lines) if (line.endsWith('|1|1|1')) told.add(line.split('|')[0] ?? '');
      return match;
    };
    const { lines, mark } = await next();
    assert.equal(told.size, 100);
    assert.equal(lines.at(-1), '|more=yes');
    expectOk(await ada.client.ask(SEEN, `${id}\n${mark}`), SEEN);
    const second = await next();
    assert.ok(second.lines.includes(`|after=${mark}`), second.lines.at(-1));
    await next();
    assert.deepEqual([told.size, told.has('bead-9'), told.has('bead-10')], [240, false, true]);
    expectOk(await ada.client.ask(SEEN, `${id}\n${mark}`), SEEN);
    await expectQuiet(ada.client);
    // Left again, it tells again what was not seen.
    await leave(ada.client, 'bead');
    assert.ok((await next()).lines.every((line) => !line.startsWith('|after=')));
  });

  it('goes with its registration', async () => {
    const ada = await peer();
    await leave(ada.client, 'lace');
    const id = await register(ada.client, ada.name);
    await login(ada.client, ada.name, id);
    assert.deepEqual(expectOk(await ada.client.ask(WATCHES, ''), WATCHES), []);
  });
});

/** Logs in and gives the frame of a type, which may come before the OK or after it. */
async function nextOf(
  client: RawClient,
  { name, id }: { name: string; id: string },
  type: number,
): Promise<Frame | undefined> {
  const one = await client.ask(LOGIN, `${name}\n${PASSWORD}\n${id}\n|port=1`);
  const other = await client.next();
  return one.type === type ? one : other;
}
