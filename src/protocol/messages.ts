import type { Codec } from './codec.ts';
import { DATA_TYPE } from './frame.ts';
import { DATA_BYTES_MAX, SMALL_BYTES_MAX } from './limits.ts';
import { BEYOND_CORE } from './tables/beyond.ts';
import { CORE } from './tables/core.ts';
import { EVENT_TYPES, EVENTS, type EventName, type EventOf } from './tables/events.ts';
import type { Message, Side } from './tables/message.ts';
import { PEER_TO_PEER } from './tables/peer-to-peer.ts';
import { REACHING } from './tables/reaching.ts';
import { PUBLISHING } from './tables/publishing.ts';
import { STANDING } from './tables/standing.ts';

export { EVENTS, type EventName, type EventOf } from './tables/events.ts';
export type { ConnectionState, Side } from './tables/message.ts';

/**
 * The message table: type codes, allowed states, caps, codecs and forms of all requests. Dispatch, checks and the table of
 * PROTOCOL §6 come from here and nowhere else.
 */
export const MESSAGES = { ...CORE, ...BEYOND_CORE, ...PUBLISHING, ...STANDING, ...REACHING, ...PEER_TO_PEER } as const;

type Table = typeof MESSAGES;
export type RequestName = keyof Table;
export type RequestOf<Name extends RequestName> = Table[Name]['request'] extends Codec<infer T> ? T : never;
export type OkOf<Name extends RequestName> = Table[Name]['ok'] extends Codec<infer T> ? T : never;
/** A request's entry in the table, with its own types. */
export type MessageOf<Name extends RequestName> = Message<Table[Name]['at'], RequestOf<Name>, OkOf<Name>>;
/** The requests that one side answers. */
export type RequestNameAt<At extends Side> = {
  [Name in RequestName]: Table[Name]['at'] extends At ? Name : never;
}[RequestName];

export const OK_OFFSET = 100;
export const KO_OFFSET = 200;
/** The KO of what is no known request. */
export const PROTOCOL_KO_TYPE = 200;

const NAME_OF_CODE = new Map<number, RequestName>(
  (Object.keys(MESSAGES) as RequestName[]).map((name) => [MESSAGES[name].code, name]),
);

const EVENT_OF_CODE = new Map<number, EventName>(
  (Object.keys(EVENTS) as EventName[]).map((name) => [EVENTS[name].code, name]),
);

// The same table in a form that TypeScript can follow a name through.
const BY_NAME: { readonly [Name in RequestName]: MessageOf<Name> } = MESSAGES;

/** The entry of one request, with that request's own types. */
export function messageOf<Name extends RequestName>(name: Name): MessageOf<Name> {
  return BY_NAME[name];
}

/** The request that a type code stands for at one side. */
export function requestNameOf(type: number, side: Side): RequestName | undefined {
  const name = NAME_OF_CODE.get(type);
  return name !== undefined && MESSAGES[name].at === side ? name : undefined;
}

/** The KO type that answers a frame of this type, known or not. */
export function koTypeOf(type: number): number {
  return NAME_OF_CODE.has(type) ? type + KO_OFFSET : PROTOCOL_KO_TYPE;
}

/** Caps of the frames that the answering side takes: the requests of that side that the state allows some time. */
export function requestCapBytes(side: Side, type: number): number | undefined {
  const name = requestNameOf(type, side);
  return name === undefined ? undefined : MESSAGES[name].requestBytesMax;
}

/** Caps of the frames that the asking side takes: OKs, KOs, events and DATA. */
export function replyCapBytes(type: number): number | undefined {
  if (type === DATA_TYPE) return DATA_BYTES_MAX;
  if (type === PROTOCOL_KO_TYPE) return SMALL_BYTES_MAX;
  const ok = NAME_OF_CODE.get(type - OK_OFFSET);
  if (ok !== undefined) return MESSAGES[ok].okBytesMax;
  if (NAME_OF_CODE.has(type - KO_OFFSET)) return SMALL_BYTES_MAX;
  const event = eventNameOf(type);
  if (event) return EVENTS[event].bytesMax;
  return isEventType(type) ? SMALL_BYTES_MAX : undefined;
}

// As `BY_NAME`.
const EVENT_CODECS: { readonly [Name in EventName]: { readonly payload: Codec<EventOf<Name>> } } = EVENTS;

/** The codec of an event's payload. */
export function eventCodecOf<Name extends EventName>(name: Name): Codec<EventOf<Name>> {
  return EVENT_CODECS[name].payload;
}

/** Whether a type is that of an event, known or to come. */
export function isEventType(type: number): boolean {
  return type >= EVENT_TYPES.first && type <= EVENT_TYPES.last;
}

/** The event that a type code stands for. */
export function eventNameOf(type: number): EventName | undefined {
  return EVENT_OF_CODE.get(type);
}

/** A type code in words: `LOGIN`, `LOGIN_OK`, `LOGIN_KO`, `SESSION_ENDED`, `DATA`, or undefined. */
export function nameOfType(type: number): string | undefined {
  if (type === DATA_TYPE) return 'DATA';
  if (type === PROTOCOL_KO_TYPE) return 'PROTOCOL_KO';
  const request = NAME_OF_CODE.get(type);
  if (request !== undefined) return request;
  const ok = NAME_OF_CODE.get(type - OK_OFFSET);
  if (ok !== undefined) return `${ok}_OK`;
  const ko = NAME_OF_CODE.get(type - KO_OFFSET);
  if (ko !== undefined) return `${ko}_KO`;
  return eventNameOf(type);
}
