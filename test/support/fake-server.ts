import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { SwapmeetError, type WireCode } from '../../src/domain/errors.ts';
import {
  MESSAGES,
  type ConnectionState,
  type OkOf,
  type RequestName,
  type RequestNameAt,
  type RequestOf,
} from '../../src/protocol/messages.ts';
import { createByteBudget } from '../../src/transport/byte-budget.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import { listen } from '../../src/transport/listener.ts';
import { respond, type Handlers, type Responder } from '../../src/transport/responder.ts';

type Name = RequestNameAt<'server'>;
type Answers = { [At in Name]?: (request: RequestOf<At>) => Promise<OkOf<At>> };

const NAMES = (Object.keys(MESSAGES) as RequestName[]).filter((name): name is Name => MESSAGES[name].at === 'server');

/** An indexing server that answers as a test has it, and remembers what it was asked. */
export type FakeServer = {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  /** What it answers from now on; a rejection is the KO, and so is what is absent. */
  readonly answers: Answers;
  /** The requests so far, in their order. */
  readonly asked: readonly { readonly name: Name; readonly request: unknown }[];
  readonly names: () => Name[];
  /** Resolves once a request has come, or has come so many times. */
  readonly heard: (name: Name, times?: number) => Promise<void>;
  /** Ends all sessions: with the event that says why, or as a lost connection. */
  readonly drop: (why?: SwapmeetError) => void;
};

const HEARD_TIMEOUT_MS = 10_000;

/** The KO of a code. */
export function refuse(code: WireCode): () => Promise<never> {
  return () => Promise.reject(new SwapmeetError(code, 'as the test has it'));
}

/** No answer. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A server that refuses nobody and finds nothing: the n-th registration is `id-n`, the n-th session has `resume-n`. */
function createPlainAnswers(): Answers {
  let registrations = 0;
  let sessions = 0;
  const beginSession = (): Promise<OkOf<'LOGIN'>> => {
    sessions += 1;
    return Promise.resolve({ ticket: `ticket-${sessions}`, resumeToken: `resume-${sessions}` });
  };
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
    SHOW_PEERS: () => Promise.resolve({ rows: [] }),
  };
}

/** Listens on loopback, with a real key and TLS, until the test ends. */
export async function createFakeServer(
  t: TestContext,
  answers: Answers = {},
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
  const handlers = NAMES.map((name) => {
    const handle = async (request: unknown): Promise<{ ok: unknown }> => {
      note(name, request);
      const answer = (answers[name] ?? refuse('unknown-type')) as (request: unknown) => Promise<unknown>;
      const ok = await answer(request);
      if (name === 'LOGIN' || name === 'RESUME') onSession();
      return { ok };
    };
    return [name, handle] as const;
  });
  return Object.assign({} as Handlers<'server'>, Object.fromEntries(handlers));
}
