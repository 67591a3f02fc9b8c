import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPasswords } from './passwords.ts';

describe('passwords', () => {
  it('are kept as PHC strings with a salt of their own, at the full cost by default', async () => {
    const passwords = createPasswords();
    const [one, other] = await Promise.all([passwords.hash('sesame'), passwords.hash('sesame')]);
    assert.match(one, /^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.notEqual(one, other);
  });

  it('are recognised, and nothing else is', async () => {
    const passwords = createPasswords({ costLog2: 4 });
    const hash = await passwords.hash('pässwörd | with %0A and 🔑');
    assert.equal(await passwords.verify('pässwörd | with %0A and 🔑', hash), true);
    assert.equal(await passwords.verify('password', hash), false);
    assert.equal(await passwords.verify('', hash), false);
  });

  it('are verified at the cost that they were hashed with', async () => {
    const hash = await createPasswords({ costLog2: 4 }).hash('sesame');
    assert.equal(await createPasswords({ costLog2: 5 }).verify('sesame', hash), true);
  });

  it('agree with the test vector of RFC 7914', async () => {
    const hex =
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887';
    const [salt, key] = [Buffer.from('SodiumChloride'), Buffer.from(hex, 'hex')].map((bytes) =>
      bytes.toString('base64').replace(/=+$/, ''),
    );
    const hash = `$scrypt$ln=14,r=8,p=1$${salt ?? ''}$${key ?? ''}`;
    const passwords = createPasswords();
    assert.equal(await passwords.verify('pleaseletmein', hash), true);
  });

  it('of nobody are never right, and cost the same work as a wrong one', async () => {
    const works: unknown[] = [];
    const passwords = createPasswords({
      costLog2: 4,
      derive: (_password, salt, keyBytes, parameters) => {
        works.push({ saltBytes: salt.length, keyBytes, ...parameters });
        return Promise.resolve(Buffer.alloc(keyBytes, 1));
      },
    });
    const key = Buffer.alloc(32).toString('base64').replace(/=+$/, '');
    const wrong = (await passwords.hash('sesame')).replace(/[^$]*$/, key);
    assert.equal(await passwords.verify('guess', wrong), false);
    assert.equal(await passwords.verify('guess', undefined), false);
    const [, known, unknown] = works;
    assert.deepEqual(unknown, known);
    assert.equal(works.length, 3);
  });

  it('are refused as busy when too many wait', async () => {
    const passwords = createPasswords({ costLog2: 10, concurrency: 1, waitingMax: 2 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('sesame')));
    const refused = results.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 2);
  });
});
