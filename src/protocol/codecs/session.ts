import { SwapmeetError } from '../../domain/errors.ts';
import { checkUsername } from '../../domain/username.ts';
import { fieldsPayload, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';
import { PASSWORD_UNITS_MAX, SMALL_BYTES_MAX } from '../limits.ts';
import { decodePayload, encodePayload, escapeField, unescapeField, type Attributes } from '../text.ts';

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

export type LoginRequest = {
  readonly username: string;
  readonly password: string;
  readonly id: string;
  /** The peer's own listening port; absent means the default. */
  readonly port?: number | undefined;
};
export type ResumeRequest = { readonly id: string; readonly token: string; readonly port?: number | undefined };
export type LogoutRequest = { readonly username: string; readonly password: string; readonly id: string };

/** What the server gives a session. A connection without a key gets no ticket. */
export type SessionReply = {
  readonly ticket?: string | undefined;
  readonly resumeToken?: string | undefined;
  /** `IP:PORT` or `[IP]:PORT`, where the server has dialled back successfully and so publishes it. */
  readonly address?: string | undefined;
};

const LINE_FEED = 0x0a;
const BAR = 0x7c;

/**
 * A line feed ends each of the leading fields; what follows the last is the list. Only the list may be long: text of
 * megabytes in one field, or in attributes, would stop the thread while it is taken apart.
 */
function splitHead(payload: Buffer, fieldCount: number): { fields: string[]; rest: Buffer } {
  const fields: string[] = [];
  let rest = payload;
  while (fields.length < fieldCount) {
    if (rest.length === 0) throw new SwapmeetError('bad-request', `expected ${fieldCount} lines before the file list`);
    const found = rest.indexOf(LINE_FEED);
    const end = found === -1 ? rest.length : found;
    if (end > SMALL_BYTES_MAX) {
      throw new SwapmeetError('bad-request', `line ${fields.length + 1} is over ${SMALL_BYTES_MAX} bytes`);
    }
    fields.push(unescapeField(rest.toString('utf8', 0, end)));
    rest = rest.subarray(end + 1);
  }
  return { fields, rest };
}

/**
 * The attribute lines at the end of a list begin at the first line that starts with a bar, among its last bytes: to search
 * a list of megabytes would stop the thread. Before those such a line is one of the list, which is refused for it.
 */
function splitAttributes(list: Buffer): { fileList: Buffer; attributes: Attributes } {
  if (list[0] === BAR && list.length <= SMALL_BYTES_MAX) {
    return { fileList: list.subarray(0, 0), attributes: decodeTail(list) };
  }
  // The line feed before the attributes is none of their bytes.
  const from = Math.max(0, list.length - SMALL_BYTES_MAX - 1);
  const found = list.subarray(from).indexOf('\n|');
  if (found === -1) return { fileList: list, attributes: {} };
  const end = from + found;
  return { fileList: list.subarray(0, end), attributes: decodeTail(list.subarray(end + 1)) };
}

function decodeTail(tail: Buffer): Attributes {
  return decodePayload(tail.toString('utf8')).attributes;
}

function joinList(fields: readonly string[], fileList: Uint8Array, attributes: Attributes): Buffer {
  const head = `${fields.map(escapeField).join('\n')}\n`;
  const tail = encodePayload([], attributes);
  const separator = fileList.length > 0 && tail !== '' ? '\n' : '';
  return Buffer.concat([Buffer.from(head, 'utf8'), fileList, Buffer.from(separator + tail, 'utf8')]);
}

function takePassword(text: string): string {
  if (text === '' || text.length > PASSWORD_UNITS_MAX) {
    throw new SwapmeetError('bad-request', `a password has 1 to ${PASSWORD_UNITS_MAX} characters`);
  }
  return text;
}

function takeId(text: string): string {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(text)) throw new SwapmeetError('bad-request', 'an id is what REGISTER answered');
  return text;
}

function takePort(attributes: Attributes): number | undefined {
  return takeOptional(attributes['port'], (text) => takeInteger('port', text, 1, 65_535));
}

function portAttribute(port: number | undefined): Attributes {
  return { port: port === undefined ? undefined : String(port) };
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
  ({ username, password, id, port }) => fieldsPayload([username, password, id], portAttribute(port)),
  ({ lines, attributes }) => {
    const [username, password, id] = takeLines(lines, ['username', 'password', 'id']);
    return {
      username: checkUsername(username),
      password: takePassword(password),
      id: takeId(id),
      port: takePort(attributes),
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
  ({ id, token, port }) => fieldsPayload([id, token], portAttribute(port)),
  ({ lines, attributes }) => {
    const [id, token] = takeLines(lines, ['id', 'token']);
    return { id: takeId(id), token, port: takePort(attributes) };
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
