import assert from 'node:assert/strict';
import { mkdir, rmdir } from 'node:fs/promises';
import { it } from 'node:test';
import { start } from '../support/processes.ts';
import { createNetwork, eventually } from './network.ts';

it(
  'a peer that is ready says what keeps others from its files',
  { skip: process.platform !== 'linux' && 'needs a second loopback address' },
  async (t) => {
    const network = await createNetwork(t);
    // The server sees 127.0.0.1, where nobody listens on that port.
    const gone = network.path('gone');
    const args = ['--name', 'ada', '--listen', '127.0.0.2:0', '--share', gone];
    await mkdir(gone);
    await (await start(['peer', ...network.data('ada'), '--join', network.link, ...args])).stop();
    await rmdir(gone);
    const ada = network.track(await start(['peer', ...network.data('ada')]));
    // It comes by another pipe than the ready line.
    const said = await eventually(
      () => Promise.resolve(ada.stderr()),
      (text) => text.includes('no other machine can reach'),
    );
    assert.match(said, /listens at 127\.0\.0\.2:\d+, which no other machine can reach/);
    assert.match(said, /gone is not shared for now: .*is not there/);
    assert.doesNotMatch(
      (await network.peer('bob')).stderr(),
      /no other machine can reach|can't connect to this peer|not shared/,
    );
  },
);
