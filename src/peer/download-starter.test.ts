import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downloadView, SHA1 } from '../../test/support/fake-peer-control.ts';
import { SwapmeetError, type ErrorCode } from '../domain/errors.ts';
import { createDownloadStarter } from './download-starter.ts';

function failing(code: ErrorCode): () => Promise<never> {
  return () => Promise.reject(new SwapmeetError(code, 'no server; the peer goes on trying'));
}

function starterWhere(code: ErrorCode) {
  const fail = failing(code);
  const start = () => Promise.resolve(downloadView());
  return createDownloadStarter({ findContent: fail, findEntry: fail, findFolder: fail }, { start, startFolder: fail });
}

const REQUESTS = [{ sha1: SHA1 }, { peer: 'ada', path: 'a' }, { peer: 'ada', folder: 'a' }, { query: 'a' }];

test('what can’t be found while the server is away is said not to be queued', async () => {
  for (const what of REQUESTS) {
    await assert.rejects(async () => starterWhere('disconnected')({ what }), {
      code: 'disconnected',
      message: 'the download is not queued, get it again later: no server; the peer goes on trying',
    });
  }
});

test('other failures are told as they are', async () => {
  for (const what of REQUESTS) {
    await assert.rejects(async () => starterWhere('not-found')({ what }), {
      code: 'not-found',
      message: 'no server; the peer goes on trying',
    });
  }
});
