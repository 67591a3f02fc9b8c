import type { Connect } from '../../src/peer/reach/connector.ts';
import { dial } from '../../src/transport/dialler.ts';
import type { Identity } from '../../src/transport/identity.ts';

const DIAL_TIMEOUT_MS = 2_000;

/** Reaches sources by their address alone, as where nothing is in between. */
export function dialSources(identity: Identity): Connect {
  return async ({ key, address: host = '', port = 0 }, signal) => {
    const channel = await dial({ host, port, identity, expectedKey: key, timeoutMs: DIAL_TIMEOUT_MS, signal });
    return { ...channel, way: 'direct' };
  };
}
