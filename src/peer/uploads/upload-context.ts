import type { Certificate } from '../../transport/identity.ts';
import type { Admission } from './admission.ts';
import type { OpenFiles } from './open-files.ts';
import type { ShareIndex } from './shared-file.ts';
import type { UploadSlots } from './upload-slots.ts';

/** What all uploading connections of a peer share. */
export type UploadContext = {
  readonly index: ShareIndex;
  /** Whose tickets admit; undefined until this peer has met its server. */
  readonly serverCertificate: () => Certificate | undefined;
  readonly slots: UploadSlots;
  /** Unix ms. */
  readonly now: () => number;
};

/** What belongs to one of them. */
export type UploadConnection = {
  /** Of the peer at the other end. */
  readonly certificate: Certificate | undefined;
  readonly admission: Admission;
  readonly files: OpenFiles;
};
