import { SwapmeetError } from '../../domain/errors.ts';
import { checkUsername } from '../../domain/username.ts';
import { fieldsPayload, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';
import { PASSWORD_UNITS_MAX } from '../limits.ts';
import type { HostPort } from '../host-port.ts';
import type { Attributes } from '../text.ts';
import { formatAddresses, takeAddresses } from './addresses.ts';
import { joinList, splitAttributes, splitHead } from './list-payload.ts';

/** REGISTER and, with an id, REGISTER_UPDATE. The list stays in its bytes: `decodeFileList` reads it where it is stored. */
export type RegisterRequest = {
  readonly username: string;
  readonly password: string;
  readonly fileList: Uint8Array;
  readonly invite?: string | undefined;
};
export type RegisterUpdateRequest = {
  readonly username: string;
  readonly password: string;
  readonly id: string;
  readonly fileList: Uint8Array;
};
export type IdReply = { readonly id: string };

/** Where a peer that begins a session may be reached. */
export type Whereabouts = {
  /** The port that it is dialled back on; absent means the default. */
  readonly port?: number | undefined;
  /** Its private addresses, for peers behind the same public one. */
  readonly lan?: readonly HostPort[] | undefined;
};

export type LoginRequest = Whereabouts & {
  readonly username: string;
  readonly password: string;
  readonly id: string;
};
export type ResumeRequest = Whereabouts & { readonly id: string; readonly token: string };
export type LogoutRequest = { readonly username: string; readonly password: string; readonly id: string };

/** What the server gives a session. A connection without a key gets no ticket. */
export type SessionReply = {
  readonly ticket?: string | undefined;
  readonly resumeToken?: string | undefined;
  /** `IP:PORT` or `[IP]:PORT`, where the server has dialled back successfully and so publishes it. */
  readonly address?: string | undefined;
};

function takePassword(text: string): string {
  if (text === '' || text.length > PASSWORD_UNITS_MAX) {
    throw new SwapmeetError('bad-request', `a password has 1 to ${PASSWORD_UNITS_MAX} characters`);
  }
  return text;
}

/** An id as REGISTER gives it out. @throws SwapmeetError `bad-request` */
export function takeId(text: string): string {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(text)) throw new SwapmeetError('bad-request', 'an id is what REGISTER answered');
  return text;
}

function takeWhereabouts(attributes: Attributes): Whereabouts {
  const lan = takeOptional(attributes['lan'], takeAddresses);
  return {
    port: takeOptional(attributes['port'], (text) => takeInteger('port', text, 1, 65_535)),
    ...(lan && { lan }),
  };
}

function whereaboutsAttributes({ port, lan = [] }: Whereabouts): Attributes {
  return {
    port: port === undefined ? undefined : String(port),
    lan: lan.length === 0 ? undefined : formatAddresses(lan),
  };
}

export const registerRequest: Codec<RegisterRequest> = {
  encode: ({ username, password, fileList, invite }) => joinList([username, password], fileList, { invite }),
  decode: (payload) => {
    const { fields, rest } = splitHead(payload, 2);
    const [username = '', password = ''] = fields;
    const { fileList, attributes } = splitAttributes(rest);
    return {
      username: checkUsername(username),
      password: takePassword(password),
      fileList,
      invite: attributes['invite'],
    };
  },
};

export const registerUpdateRequest: Codec<RegisterUpdateRequest> = {
  encode: ({ username, password, id, fileList }) => joinList([username, password, id], fileList, {}),
  decode: (payload) => {
    const { fields, rest } = splitHead(payload, 3);
    const [username = '', password = '', id = ''] = fields;
    const { fileList } = splitAttributes(rest);
    return { username: checkUsername(username), password: takePassword(password), id: takeId(id), fileList };
  },
};

/** `SENTENCE` and the id that the server gave out. */
export function idReply(sentence: string): Codec<IdReply> {
  return textCodec(
    ({ id }) => fieldsPayload([sentence, id]),
    ({ lines }) => {
      const [, id] = takeLines(lines, ['a sentence', 'the id']);
      return { id: takeId(id) };
    },
  );
}

export const loginRequest: Codec<LoginRequest> = textCodec(
  ({ username, password, id, ...whereabouts }) =>
    fieldsPayload([username, password, id], whereaboutsAttributes(whereabouts)),
  ({ lines, attributes }) => {
    const [username, password, id] = takeLines(lines, ['username', 'password', 'id']);
    return {
      username: checkUsername(username),
      password: takePassword(password),
      id: takeId(id),
      ...takeWhereabouts(attributes),
    };
  },
);

export const logoutRequest: Codec<LogoutRequest> = textCodec(
  ({ username, password, id }) => fieldsPayload([username, password, id]),
  ({ lines }) => {
    const [username, password, id] = takeLines(lines, ['username', 'password', 'id']);
    return { username: checkUsername(username), password: takePassword(password), id: takeId(id) };
  },
);

export const resumeRequest: Codec<ResumeRequest> = textCodec(
  ({ id, token, ...whereabouts }) => fieldsPayload([id, token], whereaboutsAttributes(whereabouts)),
  ({ lines, attributes }) => {
    const [id, token] = takeLines(lines, ['id', 'token']);
    return { id: takeId(id), token, ...takeWhereabouts(attributes) };
  },
);

/** A request that names one id: KEEP_ALIVE. */
export const idRequest: Codec<{ readonly id: string }> = textCodec(
  ({ id }) => fieldsPayload([id]),
  ({ lines }) => {
    const [id] = takeLines(lines, ['id']);
    return { id: takeId(id) };
  },
);

/** A request that is nothing but its type. */
export const emptyRequest: Codec<undefined> = textCodec(
  () => fieldsPayload([]),
  ({ lines }) => {
    takeLines(lines, []);
    return undefined;
  },
);

/** `SENTENCE` and what the session is given, in attributes, so that a client of the core alone can skip it. */
export function sessionReply(sentence: string): Codec<SessionReply> {
  return textCodec(
    ({ ticket, resumeToken, address }) => fieldsPayload([sentence], { ticket, resume: resumeToken, address }),
    ({ attributes }) => ({
      ticket: attributes['ticket'],
      resumeToken: attributes['resume'],
      address: attributes['address'],
    }),
  );
}

/** A reply that is a sentence and nothing else. */
export function sentenceReply(sentence: string): Codec<undefined> {
  return textCodec(
    () => fieldsPayload([sentence]),
    () => undefined,
  );
}
