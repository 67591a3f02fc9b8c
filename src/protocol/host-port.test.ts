import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anyText } from '../../test/support/any-text.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { formatHostPort, parseHostPort } from './host-port.ts';

const GOOD = [
  ['127.0.0.1:7474', { host: '127.0.0.1', port: 7474 }],
  ['Files.Example.ORG:1', { host: 'files.example.org', port: 1 }],
  ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ['[::1]:7474', { host: '::1', port: 7474 }],
  ['[2001:DB8:0:0:0:0:0:1]:80', { host: '2001:db8::1', port: 80 }],
] as const;

const BAD = [
  '',
  'localhost',
  ':7474',
  '::1:7474',
  '[::1]',
  '[::g]:1',
  '[1.2.3.4]:1',
  'host:0',
  'host:65536',
  'host:123456',
  'host:-1',
  'host:80 ',
  'a b:80',
  '-host:80',
  'host-:80',
  'a..b:80',
  'user@host:80',
  'bücher:80',
  `${'a'.repeat(254)}:80`,
];

test('addresses come apart into host and port', () => {
  for (const [text, expected] of GOOD) assert.deepEqual(parseHostPort(text), expected);
});

test('what is no address is refused with its reason', () => {
  for (const text of BAD) {
    assert.throws(
      () => parseHostPort(text),
      (error) => error instanceof SwapmeetError && error.code === 'bad-argument',
      text,
    );
  }
});

test('port 0 is for listening only', () => {
  assert.deepEqual(parseHostPort('0.0.0.0:0', 0), { host: '0.0.0.0', port: 0 });
  assert.throws(() => parseHostPort('0.0.0.0:0'), SwapmeetError);
});

test('formatting and parsing undo each other', () => {
  const host = fc.oneof(fc.ipV4(), fc.domain(), fc.constantFrom('::1', 'fe80::1', '2001:db8::7'));
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
      const address = { host: name.toLowerCase(), port };
      assert.deepEqual(parseHostPort(formatHostPort(address)), address);
    }),
  );
});

test('any text is an address or a bad argument', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), anyText()), (text) => {
      try {
        const address = parseHostPort(text);
        assert.deepEqual(parseHostPort(formatHostPort(address)), address);
      } catch (error) {
        assert.ok(error instanceof SwapmeetError && error.code === 'bad-argument');
      }
    }),
  );
});
