import { SwapmeetError } from '../../domain/errors.ts';
import { fieldsPayload, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';
import { LIST_NAME_UNITS_MAX, LIST_PARTS_MAX } from '../limits.ts';
import { joinList, splitAttributes, splitHead } from './list-payload.ts';

/** A list that is being sent in parts: the client's name for it, and how many parts the server has on disk. */
export type ListUpload = { readonly token: string; readonly parts: number };

/** The revision of the list that is in effect, and what is being sent to take its place. */
export type ListState = { readonly revision: string; readonly upload?: ListUpload | undefined };

/** `part` counts from 1. The lines stay in their bytes: `decodeFileList` reads them where they are stored. */
export type ListPartRequest = { readonly token: string; readonly part: number; readonly fileList: Uint8Array };
export type ListPartReply = { readonly part: number };

/** `parts` is how many there are. */
export type ListCommitRequest = { readonly token: string; readonly parts: number };

/** `revision` is that of the list which the changes are made to; `decodeChanges` reads them. */
export type ListDeltaRequest = { readonly revision: string; readonly changes: Uint8Array };

/** The list's new revision. */
export type RevisionReply = { readonly revision: string };

function takeToken(text: string | undefined): string {
  if (text === undefined || text.length > LIST_NAME_UNITS_MAX || !/^[0-9A-Za-z_-]+$/.test(text)) {
    throw new SwapmeetError(
      'bad-request',
      `a list’s token has 1 to ${LIST_NAME_UNITS_MAX} letters, digits, hyphens and underscores`,
    );
  }
  return text;
}

function takeRevision(text: string | undefined): string {
  if (text === undefined || text.length > LIST_NAME_UNITS_MAX || !/^[!-~]+$/.test(text)) {
    throw new SwapmeetError('bad-request', 'a revision is what the server answered last');
  }
  return text;
}

function takePart(text: string | undefined): number {
  return takeInteger('the number of a part', text, 1, LIST_PARTS_MAX);
}

export const listStateReply: Codec<ListState> = textCodec(
  ({ revision, upload }) => fieldsPayload([revision], { upload: upload?.token, parts: upload && String(upload.parts) }),
  ({ lines, attributes }) => {
    const [revision] = takeLines(lines, ['the revision']);
    const token = takeOptional(attributes['upload'], takeToken);
    const upload = token === undefined ? undefined : { token, parts: takePart(attributes['parts']) };
    return { revision: takeRevision(revision), upload };
  },
);

export const listPartRequest: Codec<ListPartRequest> = {
  encode: ({ token, part, fileList }) => joinList([token, String(part)], fileList, {}),
  decode: (payload) => {
    const { fields, rest } = splitHead(payload, 2);
    const [token, part] = fields;
    return { token: takeToken(token), part: takePart(part), fileList: splitAttributes(rest).fileList };
  },
};

export const listPartReply: Codec<ListPartReply> = textCodec(
  ({ part }) => fieldsPayload([String(part)]),
  ({ lines }) => {
    const [part] = takeLines(lines, ['part']);
    return { part: takePart(part) };
  },
);

export const listCommitRequest: Codec<ListCommitRequest> = textCodec(
  ({ token, parts }) => fieldsPayload([token, String(parts)]),
  ({ lines }) => {
    const [token, parts] = takeLines(lines, ['token', 'parts']);
    return { token: takeToken(token), parts: takePart(parts) };
  },
);

export const listDeltaRequest: Codec<ListDeltaRequest> = {
  encode: ({ revision, changes }) => joinList([revision], changes, {}),
  decode: (payload) => {
    const { fields, rest } = splitHead(payload, 1);
    const [revision] = fields;
    return { revision: takeRevision(revision), changes: splitAttributes(rest).fileList };
  },
};

/** LIST_COMMIT's and LIST_DELTA's. */
export const revisionReply: Codec<RevisionReply> = textCodec(
  ({ revision }) => fieldsPayload([revision]),
  ({ lines }) => {
    const [revision] = takeLines(lines, ['the revision']);
    return { revision: takeRevision(revision) };
  },
);
