import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { SwapmeetError, type WireCode } from '../../src/domain/errors.ts';
import type { ConnectionState, OkOf, RequestNameAt, RequestOf } from '../../src/protocol/messages.ts';
import { createByteBudget } from '../../src/transport/byte-budget.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import { listen } from '../../src/transport/listener.ts';
import { respond, type Answer, type Handlers, type Responder } from '../../src/transport/responder.ts';

type Name = RequestNameAt<'server'>;
type Answers = { [At in Name]: (request: RequestOf<At>) => Promise<OkOf<At>> };

/** An indexing server that answers as a test has it, and remembers what it was asked. */
export type FakeServer = {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  /** What it answers from now on; a rejection is the KO. */
  readonly answers: Answers;
  /** The requests so far, in their order. */
  readonly asked: readonly { readonly name: Name; readonly request: unknown }[];
  readonly names: () => Name[];
  /** Resolves once a request has come, or has come so many times. */
  readonly heard: (name: Name, times?: number) => Promise<void>;
  /** Ends all sessions: with the event that says why, or as a lost connection. */
  readonly drop: (why?: SwapmeetError) => void;
};

const HEARD_TIMEOUT_MS = 5_000;

/** The KO of a code. */
export function refuse(code: WireCode): () => Promise<never> {
  return () => Promise.reject(new SwapmeetError(code, 'as the test has it'));
}

/** No answer. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A server that has nothing and refuses nobody: the n-th registration is `id-n`, the n-th session has `resume-n`. */
function createPlainAnswers(): Answers {
  let registrations = 0;
  let sessions = 0;
  const beginSession = (): Promise<OkOf<'LOGIN'>> => {
    sessions += 1;
    return Promise.resolve({ ticket: `ticket-${sessions}`, resumeToken: `resume-${sessions}` });
  };
  const noRows = (): Promise<{ rows: never[] }> => Promise.resolve({ rows: [] });
  return {
    REGISTER: () => {
      registrations += 1;
      return Promise.resolve({ id: `id-${registrations}` });
    },
    LOGIN: beginSession,
    RESUME: beginSession,
    KEEP_ALIVE: () => Promise.resolve({}),
    LOGOUT: () => Promise.resolve(undefined),
    REGISTER_UPDATE: ({ id }) => Promise.resolve({ id }),
    SHOW_PEERS: noRows,
    BROWSE_PEER: noRows,
    SEARCH: noRows,
    FIND: noRows,
    SOURCES: noRows,
  };
}

/** Listens on loopback, with a real key and TLS, until the test ends. */
export async function createFakeServer(
  t: TestContext,
  answers: Partial<Answers> = {},
  { identity, port = 0 }: { readonly identity?: Identity; readonly port?: number } = {},
): Promise<FakeServer> {
  const all = { ...createPlainAnswers(), ...answers };
  const asked: { name: Name; request: unknown }[] = [];
  const heard = new EventTarget();
  const open = new Map<Channel, Responder>();
  const own = identity ?? (await generateIdentity());
  const budget = createByteBudget(1_000_000);
  const note = (name: Name, request: unknown): void => {
    asked.push({ name, request });
    heard.dispatchEvent(new Event('request'));
  };
  const listener = await listen({
    host: '127.0.0.1',
    port,
    identity: own,
    onChannel: (channel) => {
      let state: ConnectionState = 'open';
      const handlers = createHandlers(all, note, () => (state = 'logged-in'));
      const idleTimeoutMs = (): number => 60_000;
      const onFault = (): void => undefined;
      open.set(
        channel,
        respond({ at: 'server', channel, handlers, state: () => state, idleTimeoutMs, budget, onFault }),
      );
      void channel.closed.then(() => open.delete(channel));
    },
  });
  t.after(() => listener.close());
  const names = (): Name[] => asked.map(({ name }) => name);
  return {
    host: '127.0.0.1',
    port: listener.port,
    key: own.key,
    answers: all,
    asked,
    names,
    heard: async (wanted, times = 1) => {
      const signal = AbortSignal.timeout(HEARD_TIMEOUT_MS);
      while (names().filter((name) => name === wanted).length < times) await once(heard, 'request', { signal });
    },
    drop: (why) => {
      for (const [channel, responder] of open) {
        if (why) responder.end(why);
        else channel.destroy();
      }
    },
  };
}

function createHandlers(
  answers: Answers,
  note: (name: Name, request: unknown) => void,
  onSession: () => void,
): Handlers<'server'> {
  function handler<At extends Name>(name: At, onOk?: () => void) {
    return async (request: RequestOf<At>): Promise<Answer<At>> => {
      note(name, request);
      const ok = await answers[name](request);
      onOk?.();
      return { ok };
    };
  }
  return {
    REGISTER: handler('REGISTER'),
    LOGIN: handler('LOGIN', onSession),
    RESUME: handler('RESUME', onSession),
    KEEP_ALIVE: handler('KEEP_ALIVE'),
    LOGOUT: handler('LOGOUT'),
    REGISTER_UPDATE: handler('REGISTER_UPDATE'),
    SHOW_PEERS: handler('SHOW_PEERS'),
    BROWSE_PEER: handler('BROWSE_PEER'),
    SEARCH: handler('SEARCH'),
    FIND: handler('FIND'),
    SOURCES: handler('SOURCES'),
  };
}
