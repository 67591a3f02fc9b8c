import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { followJson, run, runJson } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom } from './network.ts';

const SIZE_BYTES = 64 * 1024 * 1024;
const PROGRAM = fileURLToPath(new URL('../../bin/swapmeet.js', import.meta.url));

type Download = { readonly state: string; readonly verifiedBytes: number };

/** What a command writes to stdout. */
async function stdoutOf(args: readonly string[]): Promise<{ readonly code: number | null; readonly bytes: Buffer }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, bytes: Buffer.concat(chunks) };
}

describe('a file that is streamed', () => {
  it('is read from its beginning and near its end before it is whole, and comes out of stdout as it is', async (t) => {
    const network = await createNetwork(t);
    const content = await writeRandom(network.path('ada', 'files', 'film.mkv'), SIZE_BYTES);
    await network.peer('ada');
    await network.peer('bob');
    // A slow source, so that nothing here depends on how fast the machine is.
    await run(['limits', '--up', '1MB/s', ...network.data('ada')]);
    const streaming = followJson<{ url?: string } & Download>([
      'get',
      'ada:files/film.mkv',
      '--stream',
      ...network.data('bob'),
    ]);
    t.after(streaming.stop);
    let url: string | undefined;
    for await (const row of streaming.rows) {
      url = row.url;
      break;
    }
    assert.ok(url);
    const verifiedBytes = async (): Promise<number> => {
      const [download] = await runJson<Download>(['downloads', ...network.data('bob')]);
      return download?.verifiedBytes ?? 0;
    };

    const first = await fetch(url);
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = first.body?.getReader();
    const beginning = (await reader?.read())?.value;
    assert.ok(beginning && beginning.length > 0);
    assert.deepEqual(Buffer.from(beginning), content.subarray(0, beginning.length));

    const end = await fetch(url, { headers: { range: 'bytes=-1000' } });
    assert.equal(end.status, 206);
    assert.deepEqual(Buffer.from(await end.arrayBuffer()), content.subarray(-1000));
    assert.ok((await verifiedBytes()) < SIZE_BYTES / 2, 'the middle was not there');
    await reader?.cancel();

    await run(['limits', '--up', 'none', ...network.data('ada')]);
    const { code, bytes } = await stdoutOf(['get', 'ada:files/film.mkv', '--stdout', ...network.data('bob')]);
    assert.equal(code, 0);
    assert.ok(bytes.equals(content));
    await eventually(verifiedBytes, (count) => count === SIZE_BYTES);
    const whole = await fetch(url, { headers: { range: 'bytes=1000-1999' } });
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), content.subarray(1000, 2000));
  });
});
