import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DATA_TYPE } from './frame.ts';
import { DATA_BYTES_MAX, LIST_BYTES_MAX, PAGE_BYTES_MAX, PAGE_REQUEST_BYTES_MAX, SMALL_BYTES_MAX } from './limits.ts';
import {
  EVENTS,
  koTypeOf,
  MESSAGES,
  messageOf,
  nameOfType,
  replyCapBytes,
  requestCapBytes,
  requestNameOf,
  type RequestName,
} from './messages.ts';

const NAMES = Object.keys(MESSAGES) as RequestName[];

describe('the message table', () => {
  it('gives each request a code of its own, so that OKs, KOs and events never meet', () => {
    const codes = NAMES.map((name) => MESSAGES[name].code);
    assert.equal(new Set(codes).size, codes.length);
    for (const code of codes) assert.ok(code >= 1 && code <= 99);
    const events: number[] = Object.values(EVENTS).map(({ code }) => code);
    for (const code of events) assert.ok(code >= 300 && code < DATA_TYPE);
  });

  it('has the codes of the original nine', () => {
    const core = ['REGISTER', 'LOGIN', 'KEEP_ALIVE', 'LOGOUT', 'SHOW_PEERS', 'BROWSE_PEER', 'SEARCH', 'DOWNLOAD'];
    assert.deepEqual(
      [...core, 'REGISTER_UPDATE'].map((name) => MESSAGES[name as RequestName].code),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  it('knows a request at the side that answers it', () => {
    assert.equal(requestNameOf(2, 'server'), 'LOGIN');
    assert.equal(requestNameOf(2, 'peer'), undefined);
    assert.equal(requestNameOf(8, 'peer'), 'DOWNLOAD');
    assert.equal(requestNameOf(102, 'server'), undefined);
    assert.equal(messageOf('LOGIN').code, 2);
  });

  it('caps what each side takes', () => {
    assert.equal(requestCapBytes('server', 1), LIST_BYTES_MAX);
    assert.equal(requestCapBytes('server', 3), SMALL_BYTES_MAX);
    assert.equal(requestCapBytes('peer', 1), undefined);
    assert.equal(requestCapBytes('server', DATA_TYPE), undefined);
    assert.equal(replyCapBytes(107), PAGE_BYTES_MAX);
    assert.equal(replyCapBytes(207), SMALL_BYTES_MAX);
    assert.equal(replyCapBytes(200), SMALL_BYTES_MAX);
    assert.equal(replyCapBytes(300), SMALL_BYTES_MAX);
    assert.equal(replyCapBytes(DATA_TYPE), DATA_BYTES_MAX);
    assert.equal(replyCapBytes(301), PAGE_BYTES_MAX);
    assert.equal(replyCapBytes(399), SMALL_BYTES_MAX, 'an event to come');
    for (const type of [0, 1, 100, 199, 299, 401, 65_535]) assert.equal(replyCapBytes(type), undefined);
  });

  it('leaves room for the longest path as folder and as cursor', () => {
    const path = `${'%'.repeat(255)}/`.repeat(16).slice(0, 4_095);
    const request = messageOf('BROWSE_PEER').request.encode({ id: 'x'.repeat(64), path, after: path, limit: 10_000 });
    assert.ok(request.length < PAGE_REQUEST_BYTES_MAX / 2);
    // A cursor of SEARCH holds it as JSON in base64: six bytes for a control character, and a third more.
    const after = Buffer.from('\\u0001'.repeat(4_096)).toString('base64url');
    const search = messageOf('SEARCH').request.encode({ query: '漢'.repeat(1_024), after, limit: 10_000 });
    assert.ok(Buffer.byteLength(search) < PAGE_REQUEST_BYTES_MAX);
  });

  it('answers what it does not know with the KO of no request', () => {
    assert.equal(koTypeOf(2), 202);
    assert.equal(koTypeOf(99), 200);
    assert.equal(koTypeOf(0), 200);
    assert.equal(koTypeOf(65_535), 200);
  });

  it('names every type', () => {
    const named = [2, 102, 202, 200, 300, DATA_TYPE].map(nameOfType);
    assert.deepEqual(named, ['LOGIN', 'LOGIN_OK', 'LOGIN_KO', 'PROTOCOL_KO', 'SESSION_ENDED', 'DATA']);
    assert.equal(nameOfType(99), undefined);
  });

  it('knows how many bytes of data follow an OK', () => {
    assert.equal(messageOf('DOWNLOAD').dataBytes({ lengthBytes: 5 }), 5);
    const hashes = { root: '0'.repeat(64), sizeBytes: 65_537, pieceBytes: 65_536 };
    assert.equal(messageOf('PIECE_HASHES').dataBytes(hashes), 64);
    assert.equal(messageOf('LOGOUT').dataBytes(undefined), 0);
  });
});
