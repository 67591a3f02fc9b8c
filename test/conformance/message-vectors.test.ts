import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry } from '../../src/domain/entry.ts';
import { isWireCode, SwapmeetError } from '../../src/domain/errors.ts';
import { decodeFileList, encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { decodeChanges, encodeChanges, type ListChange } from '../../src/protocol/codecs/list-changes.ts';
import { createFrameDecoder, encodeFrame } from '../../src/protocol/frame.ts';
import { decodeKo, encodeKo } from '../../src/protocol/ko.ts';
import {
  EVENTS,
  KO_OFFSET,
  MESSAGES,
  nameOfType,
  replyCapBytes,
  requestCapBytes,
  type RequestName,
} from '../../src/protocol/messages.ts';
import { loadVectors } from './load-vectors.ts';

type Vector = {
  title: string;
  message: string;
  kind: 'request' | 'ok' | 'ko' | 'event';
  type: number;
  hex: string;
  text: string;
};
type Meaning = Record<string, unknown> | null;

const { cases, lenient, refused } = loadVectors('messages.json') as {
  cases: (Vector & { value: Meaning })[];
  lenient: (Vector & { value: Meaning })[];
  refused: (Vector & { code: string })[];
};

const REQUEST_NAMES = Object.keys(MESSAGES) as RequestName[];

/** A codec of any message; a vector's value is of its type when the vectors are right. */
function codecOf({ message, kind }: Vector): { encode(value: never): Uint8Array | string; decode(p: Buffer): unknown } {
  const event = Object.entries(EVENTS).find(([known]) => known === message);
  if (event) return event[1].payload;
  const name = REQUEST_NAMES.find((known) => known === message);
  assert.ok(name, `${message} is no message`);
  return kind === 'request' ? MESSAGES[name].request : MESSAGES[name].ok;
}

function isFailure({ kind, message }: Vector): boolean {
  return kind === 'ko' || message === 'SESSION_ENDED';
}

function encode(vector: Vector, value: Meaning): Uint8Array | string {
  if (isFailure(vector)) {
    const { code, sentence } = value as { code: string; sentence: string };
    assert.ok(isWireCode(code));
    return encodeKo(new SwapmeetError(code, sentence));
  }
  return codecOf(vector).encode(withBytes(value) as never);
}

/** The meaning as our codecs have it: lists are bytes. */
function withBytes(value: Meaning): Meaning {
  const { files, changes, ...rest } = value ?? {};
  if (files !== undefined) return { ...rest, fileList: encodeFileList(files as Entry[]) };
  if (changes !== undefined) return { ...rest, changes: encodeChanges(changes as ListChange[]) };
  return value;
}

/** The meaning as JSON has it: what is undefined is absent, a list is what its lines mean. */
function decode(vector: Vector, payload: Buffer): unknown {
  if (isFailure(vector)) {
    const { code, message } = decodeKo(payload);
    return { code, sentence: message };
  }
  const value = codecOf(vector).decode(payload);
  if (typeof value !== 'object' || value === null) return null;
  const { fileList, changes, ...rest } = value as { fileList?: Uint8Array; changes?: Uint8Array };
  const files = fileList && [...decodeFileList(fileList)];
  const meaning = { ...rest, files, changes: changes && [...decodeChanges(changes)] };
  return JSON.parse(JSON.stringify(meaning));
}

/** The payload of a vector's only frame, checked against its text and type on the way. */
function payloadOf({ kind, message, type, hex, text }: Vector): Buffer {
  const server = kind === 'request' && MESSAGES[message as RequestName].at;
  const decoder = createFrameDecoder((code) => (server ? requestCapBytes(server, code) : replyCapBytes(code)));
  const [event, ...more] = decoder.push(Buffer.from(hex, 'hex'));
  assert.deepEqual(more, []);
  assert.ok(event?.kind === 'message');
  assert.equal(event.type, type);
  assert.equal(event.payload.toString('utf8'), text);
  return event.payload;
}

describe('messages.json', () => {
  for (const vector of cases) {
    const { title, message, kind, type, hex, value } = vector;
    it(`${message} ${kind}: ${title}`, () => {
      const named = kind === 'request' || kind === 'event' || message === 'PROTOCOL_KO';
      assert.equal(nameOfType(type), named ? message : `${message}_${kind.toUpperCase()}`);
      assert.deepEqual(decode(vector, payloadOf(vector)), value);
      assert.equal(encodeFrame(type, encode(vector, value)).toString('hex'), hex);
    });
  }
  for (const vector of lenient) {
    it(`${vector.message} ${vector.kind} may have ${vector.title}`, () => {
      assert.deepEqual(decode(vector, payloadOf(vector)), vector.value);
    });
  }
  for (const vector of refused) {
    it(`${vector.message} ${vector.kind} may not have ${vector.title}`, () => {
      const payload = payloadOf(vector);
      assert.throws(
        () => decode(vector, payload),
        (error) => error instanceof SwapmeetError && error.code === vector.code,
      );
    });
  }

  it('has a request, an OK and a KO of every message', () => {
    for (const name of REQUEST_NAMES) {
      for (const kind of ['request', 'ok', 'ko']) {
        assert.ok(
          cases.some((vector) => vector.message === name && vector.kind === kind),
          `${name} ${kind}`,
        );
      }
      assert.equal(nameOfType(MESSAGES[name].code + KO_OFFSET), `${name}_KO`);
    }
  });
});
