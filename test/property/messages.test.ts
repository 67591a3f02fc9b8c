import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isWireCode, SwapmeetError } from '../../src/domain/errors.ts';
import type { Codec } from '../../src/protocol/codec.ts';
import { decodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { decodeChanges } from '../../src/protocol/codecs/list-changes.ts';
import { decodeKo, encodeKo } from '../../src/protocol/ko.ts';
import {
  eventCodecOf,
  MESSAGES,
  messageOf,
  type EventName,
  type EventOf,
  type MessageOf,
  type RequestName,
} from '../../src/protocol/messages.ts';
import { decodePayload, encodePayload, escapeField, unescapeField } from '../../src/protocol/text.ts';
import { ARBITRARIES, changeLists, EVENT_ARBITRARIES, failures, texts } from './arbitraries.ts';
import { garbage, mutated } from './mutations.ts';

const REQUEST_NAMES = Object.keys(MESSAGES) as RequestName[];
const EVENT_NAMES = Object.keys(EVENT_ARBITRARIES) as (keyof typeof EVENT_ARBITRARIES)[];

/** A value as it compares: an absent key and one that is undefined are the same, and so are kinds of byte arrays. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, part: unknown) =>
      part instanceof Uint8Array ? Buffer.from(part).toString('hex') : part,
    ),
  );
}

function bytesOf<T>(codec: Codec<T>, value: T): Buffer {
  return Buffer.from(codec.encode(value));
}

function roundTrips<T>(codec: Codec<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = bytesOf(codec, value);
      const decoded = codec.decode(bytes);
      assert.deepEqual(plain(decoded), plain(value));
      assert.deepEqual(bytesOf(codec, decoded), bytes);
    }),
  );
}

/** Whatever comes, a codec returns a value that encodes to the same meaning, or throws a SwapmeetError. */
function survives<T>(codec: Codec<T>, values: fc.Arbitrary<T>): void {
  const payloads = fc.oneof(garbage, mutated(values.map((value) => bytesOf(codec, value))));
  fc.assert(
    fc.property(payloads, (payload) => {
      let decoded: T;
      try {
        decoded = codec.decode(payload);
      } catch (error) {
        assert.ok(error instanceof SwapmeetError, String(error));
        return;
      }
      assert.deepEqual(plain(codec.decode(bytesOf(codec, decoded))), plain(decoded));
    }),
    { numRuns: 300 },
  );
}

function describeCodec<T>(what: string, codec: Codec<T>, values: fc.Arbitrary<T>): void {
  it(`${what} survives encoding and decoding`, () => {
    roundTrips(codec, values);
  });
  it(`${what} is decoded or refused, whatever comes`, () => {
    survives(codec, values);
  });
}

function describeMessage<Name extends RequestName>(name: Name, { request, ok }: MessageOf<Name>): void {
  describeCodec(name, request, ARBITRARIES[name].request);
  describeCodec(`${name}_OK`, ok, ARBITRARIES[name].ok);
}

function describeEvent<Name extends EventName>(name: Name, values: fc.Arbitrary<EventOf<Name>>): void {
  describeCodec<EventOf<Name>>(name, eventCodecOf(name), values);
}

describe('every message', () => {
  it('has an arbitrary', () => {
    assert.deepEqual(Object.keys(ARBITRARIES).sort(), REQUEST_NAMES.toSorted());
  });
  for (const name of REQUEST_NAMES) describeMessage(name, messageOf(name));

  for (const name of EVENT_NAMES) describeEvent(name, EVENT_ARBITRARIES[name]);

  it('a KO survives encoding and decoding', () => {
    fc.assert(
      fc.property(failures, (failure) => {
        const { code, message } = decodeKo(Buffer.from(encodeKo(failure)));
        assert.deepEqual({ code, message }, { code: failure.code, message: failure.message });
      }),
    );
  });
  it('a KO is decoded, whatever comes', () => {
    fc.assert(
      fc.property(garbage, (payload) => {
        assert.ok(isWireCode(decodeKo(payload).code));
      }),
    );
  });
});

describe('text', () => {
  it('any text survives as a field', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const field = escapeField(text);
        assert.doesNotMatch(field, /[|\r\n]/);
        assert.equal(unescapeField(field), text);
      }),
    );
  });

  it('lines and attributes survive as a payload', () => {
    const lines = fc.array(texts.map(escapeField), { maxLength: 5 });
    const attributes = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/), texts, { noNullPrototype: true });
    fc.assert(
      fc.property(lines, attributes, (someLines, someAttributes) => {
        const taken = decodePayload(encodePayload(someLines, someAttributes));
        assert.deepEqual(taken, { lines: someLines, attributes: someAttributes });
      }),
    );
  });

  it('changes of a list are decoded or refused with the number of a line, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, mutated(changeLists)), (changes) => {
        try {
          Array.from(decodeChanges(changes));
        } catch (error) {
          assert.ok(error instanceof SwapmeetError && error.code === 'bad-line');
          assert.match(error.message, /^line [1-9]\d* of the changes: ./);
        }
      }),
    );
  });

  it('a file list is decoded or refused with the number of a line, whatever comes', () => {
    const lists = fc.oneof(garbage, mutated(ARBITRARIES.REGISTER.request.map(({ fileList }) => Buffer.from(fileList))));
    fc.assert(
      fc.property(lists, (list) => {
        try {
          Array.from(decodeFileList(list));
        } catch (error) {
          assert.ok(error instanceof SwapmeetError && error.code === 'bad-line');
          assert.match(error.message, /^line [1-9]\d* of the file list: ./);
        }
      }),
    );
  });
});

describe('the properties would notice', () => {
  const { request } = MESSAGES.SEARCH;
  const values = ARBITRARIES.SEARCH.request;

  it('an escape that is forgotten', () => {
    const forgetful: typeof request = { ...request, encode: (value) => value.query };
    assert.throws(() => {
      roundTrips(forgetful, values);
    }, /Property failed/);
  });
  it('a decoder that trusts its input', () => {
    const trusting: typeof request = {
      ...request,
      decode: (payload) => ({ query: decodeURIComponent(payload.toString()) }),
    };
    assert.throws(() => {
      survives(trusting, values);
    }, /Property failed/);
  });
});
