import type { Logger } from 'pino';
import { createByteBudget } from '../../transport/byte-budget.ts';
import type { Certificate } from '../../transport/identity.ts';
import type { Friends } from '../limits/friends.ts';
import type { RateLimit } from '../limits/rate-limit.ts';
import type { UploadView } from '../control.ts';
import type { HeldParts } from '../parts/held-parts.ts';
import { createBundleReader } from './bundles/bundle-reader.ts';
import { createPeerConnections } from './peer-connections.ts';
import { createUploadQueue } from './queue/upload-queue.ts';
import { serveUploads } from './serve-uploads.ts';
import type { ShareIndex } from './shared-file.ts';
import type { UploadContext } from './upload-context.ts';
import { createUploadList } from './upload-list.ts';
import { createUploadService, type UploadService } from './upload-service.ts';

/** What all requests under way of other peers may hold together: they are small. */
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;

/** The serving side of a peer. */
export type Uploads = UploadService & {
  readonly list: () => readonly UploadView[];
  /** How many are served now. */
  readonly active: () => number;
  readonly slotsChanged: () => void;
};

export type UploadsOptions = {
  readonly index: ShareIndex;
  readonly parts: Pick<HeldParts, 'find'>;
  /** Whose tickets admit; undefined until this peer has met its server. */
  readonly serverCertificate: () => Certificate | undefined;
  readonly takeAnswer: UploadContext['takeAnswer'];
  readonly slots: () => number;
  readonly limit: RateLimit;
  readonly friends: Pick<Friends, 'isFriend' | 'weightOf'>;
  readonly log: Logger;
  /** By the server's clock, Unix ms: as old as its tickets are. */
  readonly now: () => number;
  /** One that only goes on, ms. */
  readonly steadyNow: () => number;
};

export function createUploads(options: UploadsOptions): Uploads {
  const { index, parts, serverCertificate, takeAnswer, slots, limit, friends, log, now, steadyNow } = options;
  const queue = createUploadQueue({ slots, limit, weightOf: friends.weightOf, now: steadyNow });
  const uploads = createUploadList(steadyNow, friends.isFriend);
  const connections = createPeerConnections();
  const bundles = createBundleReader();
  const context = { index, parts, serverCertificate, takeAnswer, queue, uploads, connections, bundles, now };
  const budget = createByteBudget(REQUEST_BYTES_MAX);
  const onFault = (err: unknown): void => {
    log.error({ err }, 'an upload failed');
  };
  const service = createUploadService((channel) => serveUploads(context, channel, { budget, onFault }));
  return {
    accept: service.accept,
    end: async () => {
      await service.end();
      queue.close();
      await bundles.close();
    },
    list: uploads.list,
    active: queue.active,
    slotsChanged: queue.slotsChanged,
  };
}
