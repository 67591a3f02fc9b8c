import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createBar, hideBar } from './bar.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SAVE_CURSOR = '\u001b7';
const SHOW_CURSOR = '\u001b[?25h';

function fakeTerminal(columns: number) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns });
  return { stream, written: (): string => String(stream.read() ?? '') };
}

test('a bar keeps to one line of the terminal, and gives the cursor back', async () => {
  for (const columns of [40, 60]) {
    const { stream, written } = fakeTerminal(columns);
    const bar = await createBar(stream);
    bar.draw(400, 1_000, { texts: ['400 B of 1.00 kB', '35.2 MB/s', '00:17', 'from somebody with a long name'] });
    const drawn = written();
    assert.ok(drawn.includes(HIDE_CURSOR));
    const line = stripVTControlCharacters(drawn.replace(SAVE_CURSOR, ''));
    assert.match(line, /^ 40% \[#+-+\] 400 B of 1\.00 kB/);
    assert.ok(line.length < columns);
    bar.stop();
    assert.ok(written().includes(SHOW_CURSOR));
  }
});

test('a bar makes room for a line, and comes back when it is drawn again', async () => {
  const { stream, written } = fakeTerminal(60);
  const bar = await createBar(stream);
  bar.draw(1, 2, { texts: ['half'] });
  written();
  hideBar();
  assert.ok(written().includes(SHOW_CURSOR));
  hideBar();
  assert.equal(written(), '');
  bar.draw(1, 2, { texts: ['half'] });
  assert.match(written(), / 50% \[#+-+\] half/);
  bar.stop();
});
