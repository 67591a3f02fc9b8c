import { dial } from '../../../transport/dialler.ts';
import type { Identity } from '../../../transport/identity.ts';
import type { Connect } from './source-session.ts';

/** Dials a source at its published address. */
export function createSourceDialler(identity: Identity, timeoutMs: number): Connect {
  return ({ address: host, port, key: expectedKey }, signal) =>
    dial({ host, port, identity, expectedKey, timeoutMs, signal });
}
