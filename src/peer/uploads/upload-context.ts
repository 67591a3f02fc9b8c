import type { EventName, EventOf } from '../../protocol/messages.ts';
import type { Certificate } from '../../transport/identity.ts';
import type { HeldParts } from '../parts/held-parts.ts';
import type { ExpectedAnswers } from '../reach/expected-answers.ts';
import type { Admission } from './admission.ts';
import type { BundleReader } from './bundles/bundle-reader.ts';
import type { ConnectionParts } from './connection-parts.ts';
import type { OpenFiles } from './open-files.ts';
import type { PeerConnections } from './peer-connections.ts';
import type { UploadQueue } from './queue/upload-queue.ts';
import type { ShareIndex } from './shared-file.ts';
import type { UploadList } from './upload-list.ts';

/** What all uploading connections of a peer share. */
export type UploadContext = {
  readonly index: ShareIndex;
  /** What is being downloaded, and served as far as it is verified. */
  readonly parts: Pick<HeldParts, 'find'>;
  /** Whose tickets admit; undefined until this peer has met its server. */
  readonly serverCertificate: () => Certificate | undefined;
  readonly queue: UploadQueue;
  readonly uploads: UploadList;
  readonly connections: PeerConnections;
  /** See `ExpectedAnswers.take`. @throws SwapmeetError `bad-token` */
  readonly takeAnswer: ExpectedAnswers['take'];
  readonly bundles: BundleReader;
  /** Unix ms. */
  readonly now: () => number;
};

/** What belongs to one of them. */
export type UploadConnection = {
  /** Of the peer at the other end. */
  readonly certificate: Certificate | undefined;
  readonly admission: Admission;
  readonly files: OpenFiles;
  readonly parts: ConnectionParts;
  /** Sends an event; resolves when it is with the operating system. @throws SwapmeetError `disconnected`, `timeout` */
  readonly tell: <Name extends EventName>(name: Name, payload: EventOf<Name>) => Promise<void>;
};
