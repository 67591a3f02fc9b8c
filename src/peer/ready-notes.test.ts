import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LinkStatus, PeerStatus } from './control.ts';
import { readyNotes } from './ready-notes.ts';

const STATUS: PeerStatus = {
  username: 'ada',
  server: 'localhost:7474',
  link: { state: 'online', id: '1', address: '192.0.2.1:7475' },
  listen: '[::]:7475',
  sharedFiles: 1,
  sharedBytes: 1,
  postponedFiles: 0,
  damagedFiles: 0,
  hashingPace: 'full',
  published: true,
  activeDownloads: 0,
  activeUploads: 0,
};
const UNMAPPED = { portMapping: { state: 'off' } } as const;
const SHARE = { label: 'music', folder: '/m', files: 1, sizeBytes: 1 };

function notesFor(link: LinkStatus): string[] {
  return readyNotes({ ...STATUS, link }, [SHARE], UNMAPPED);
}

describe('the notes at ready', () => {
  it('are none when all is well, or when nobody knows yet', () => {
    assert.deepEqual(notesFor(STATUS.link), []);
    assert.deepEqual(notesFor({ state: 'connecting' }), []);
  });

  it('tell of a peer that can’t be dialled back, and which port to open', () => {
    const [note, ...others] = notesFor({ state: 'online', id: '1' });
    assert.match(note ?? '', /port 7475.*firewall/);
    assert.deepEqual(others, []);
  });

  it('tell of shares that can’t be read', () => {
    const error = { code: 'not-found', message: '/gone is not there' } as const;
    const shares = [SHARE, { ...SHARE, label: 'films', error }];
    assert.deepEqual(readyNotes(STATUS, shares, UNMAPPED), ['films is not shared for now: /gone is not there']);
  });
});
