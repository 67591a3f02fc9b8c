import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anyText } from '../../test/support/any-text.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { formatJoinLink, parseJoinLink } from './join-link.ts';

const KEY = 'ab'.repeat(32);

test('a link comes apart into address, key and invite', () => {
  assert.deepEqual(parseJoinLink(`swapmeet://files.example.org:7474/?key=${KEY}&invite=open%20sesame`), {
    host: 'files.example.org',
    port: 7474,
    key: KEY,
    invite: 'open sesame',
  });
  assert.deepEqual(parseJoinLink(`swapmeet://[::1]:7474/?key=${KEY}`), { host: '::1', port: 7474, key: KEY });
});

test('what a chat or a terminal did to a link is forgiven', () => {
  const expected = { host: 'a.example', port: 1, key: KEY };
  assert.deepEqual(parseJoinLink(` swapmeet://a.example:1/?key=${KEY}\n`), expected);
  assert.deepEqual(parseJoinLink(`swapmeet://a.example:1?key=${KEY.toUpperCase()}`), expected);
});

test('parameters that this version does not know are ignored', () => {
  assert.equal(parseJoinLink(`swapmeet://h:1/?key=${KEY}&later=1`).invite, undefined);
});

const FAULTS: readonly (readonly [string, RegExp])[] = [
  ['', /form/],
  [`http://h:1/?key=${KEY}`, /form/],
  [`swapmeet://h:1/path?key=${KEY}`, /form/],
  [`swapmeet://h:1/?key=${KEY}#x`, /form/],
  ['swapmeet://h:1/', /form/],
  [`swapmeet://h/?key=${KEY}`, /HOST:PORT/],
  [`swapmeet://h:0/?key=${KEY}`, /port/],
  [`swapmeet://user@h:1/?key=${KEY}`, /host name/],
  ['swapmeet://h:1/?invite=x', /key/],
  ['swapmeet://h:1/?key=abc', /64 hex/],
  [`swapmeet://h:1/?key=${KEY}&key=${KEY}`, /“key” twice/],
  [`swapmeet://h:1/?key=${KEY}&invite=`, /empty “invite”/],
  [`swapmeet://h:1/?key=${KEY}&invite=${'x'.repeat(3000)}`, /longer/],
];

test('a faulty link is refused with what is wrong', () => {
  for (const [link, reason] of FAULTS) {
    assert.throws(
      () => parseJoinLink(link),
      (error) => error instanceof SwapmeetError && error.code === 'bad-argument' && reason.test(error.message),
      link,
    );
  }
});

const links = fc.record(
  {
    host: fc.oneof(fc.ipV4(), fc.domain(), fc.constantFrom('::1', '2001:db8::7')).map((host) => host.toLowerCase()),
    port: fc.integer({ min: 1, max: 65_535 }),
    key: fc.stringMatching(/^[0-9a-f]{64}$/),
    invite: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  },
  { requiredKeys: ['host', 'port', 'key'], noNullPrototype: true },
);

test('formatting and parsing undo each other', () => {
  fc.assert(
    fc.property(links, (link) => {
      assert.deepEqual(parseJoinLink(formatJoinLink(link)), link);
    }),
  );
});

test('any text is a link or a bad argument', () => {
  const text = fc.oneof(
    anyText(),
    fc.tuple(links, fc.string(), fc.nat(120)).map(([link, junk, at]) => {
      const whole = formatJoinLink(link);
      return whole.slice(0, at) + junk + whole.slice(at);
    }),
  );
  fc.assert(
    fc.property(text, (link) => {
      try {
        const parsed = parseJoinLink(link);
        assert.deepEqual(parseJoinLink(formatJoinLink(parsed)), parsed);
      } catch (error) {
        assert.ok(error instanceof SwapmeetError && error.code === 'bad-argument', String(error));
      }
    }),
  );
});
