import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { createServerLink, type ServerLink } from '../../src/peer/link/server-link.ts';
import type { ConnectTiming } from '../../src/peer/reach/connector.ts';
import { createExpectedAnswers } from '../../src/peer/reach/expected-answers.ts';
import { openReach, type Reach } from '../../src/peer/reach/reach.ts';
import type { Reachable } from '../../src/peer/reach/ways.ts';
import { createAdmission } from '../../src/peer/uploads/admission.ts';
import { createPeerConnections } from '../../src/peer/uploads/peer-connections.ts';
import { answerHandler } from '../../src/peer/uploads/handlers/answer.ts';
import { presentHandler } from '../../src/peer/uploads/handlers/present.ts';
import type { Whereabouts } from '../../src/protocol/codecs/session.ts';
import { createPasswords } from '../../src/server/passwords.ts';
import type { RelayLimits } from '../../src/server/relay/relay-limits.ts';
import { startServer } from '../../src/server/server.ts';
import { createByteBudget } from '../../src/transport/byte-budget.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import { listen } from '../../src/transport/listener.ts';
import { respond, type Handlers } from '../../src/transport/responder.ts';

/** A real server and peers that have nothing but their link, their listener and their ways to one another. */
export type ReachFixture = {
  readonly server: { readonly host: string; readonly port: number; readonly key: string };
  readonly peer: (name: string, options?: MeetingPeerOptions) => Promise<MeetingPeer>;
};

export type MeetingPeerOptions = {
  /** Nobody can dial it: the port that it names is another one. */
  readonly isHidden?: boolean;
  readonly whereabouts?: Whereabouts;
  /** Where it looks for the server; where the fixture has it when absent. */
  readonly serverPort?: number;
  readonly host?: string;
};

export type MeetingPeer = {
  readonly identity: Identity;
  readonly link: ServerLink;
  readonly reach: Reach;
  /** Its own port. */
  readonly port: number;
  /** As SOURCES would list it, by what the server says of it. */
  readonly asSource: () => Reachable;
  /** Channels on which it serves others. */
  readonly served: readonly Channel[];
};

const COST_LOG2 = 8;
const HIDDEN_PORT = 1;

export type ReachFixtureOptions = {
  readonly relay?: RelayLimits | null;
  readonly host?: string;
  readonly timing?: ConnectTiming;
};

export async function createReachFixture(t: TestContext, options: ReachFixtureOptions = {}): Promise<ReachFixture> {
  const { relay, host = '127.0.0.1', timing } = options;
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-reach-'));
  const catalog = await openSqliteCatalog({ folder });
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const endings: (() => unknown)[] = [];
  const server = await startServer(
    { host, port: 0, registration: 'open', dialBackWaitMs: 2_000, relay },
    {
      catalog,
      standingFile: join(folder, 'standing.db'),
      identity: await generateIdentity(),
      invite: '',
      log,
      now: Date.now,
      passwords: createPasswords({ costLog2: COST_LOG2 }),
    },
  );
  t.after(async () => {
    for (const end of endings.reverse()) await end();
    await server.close();
    await catalog.close();
    await rm(folder, { recursive: true, force: true });
  });
  const at = { host, port: server.port, key: server.key };

  return {
    server: at,
    peer: async (username, { isHidden = false, whereabouts, serverPort, host: own = host } = {}) => {
      const identity = await generateIdentity();
      const answers = createExpectedAnswers();
      const served: Channel[] = [];
      const accept = (channel: Channel): void => {
        served.push(channel);
        serve(channel);
      };
      const listener = await listen({ host: own, port: 0, identity, onChannel: accept });
      let account: { id?: string; resumeToken?: string | undefined } = {};
      const seenServer = { ...at, port: serverPort ?? at.port };
      const link = createServerLink({
        server: seenServer,
        identity,
        whereabouts: () => whereabouts ?? { port: isHidden ? HIDDEN_PORT : listener.port },
        account: () => ({ username, password: 'secret', ...account }),
        keep: (given) => {
          account = given;
          return Promise.resolve();
        },
        log,
        now: Date.now,
      });
      const now = (): number => performance.now();
      const reach = openReach({
        identity,
        server: seenServer,
        link,
        answers,
        accept,
        log,
        now,
        ...(timing && { timing }),
      });
      endings.push(
        () => listener.close(),
        reach.close,
        () => link.close(),
      );

      function serve(channel: Channel): void {
        const admission = createAdmission(Date.now, createPeerConnections());
        const context = { serverCertificate: () => link.serverCertificate(), takeAnswer: answers.take, now: Date.now };
        const connection = { certificate: channel.certificate, admission };
        const handlers = Object.assign({} as Handlers<'peer'>, {
          PRESENT: presentHandler(context, connection),
          ANSWER: answerHandler(context, connection),
        });
        const budget = createByteBudget(1_000_000);
        const rest = { state: () => admission.state(), idleTimeoutMs: () => 60_000, budget, onFault: () => undefined };
        respond({ at: 'peer', channel, handlers, ...rest });
      }

      await link.online(AbortSignal.timeout(10_000));
      return {
        identity,
        link,
        reach,
        port: listener.port,
        served,
        asSource: () => {
          const status = link.status();
          if (status.state !== 'online') throw new Error('not online');
          const address = status.address === undefined ? {} : { address: own, port: listener.port };
          return { id: status.id, username, key: identity.key, ...address };
        },
      };
    },
  };
}
