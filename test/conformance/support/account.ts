import assert from 'node:assert/strict';
import type { Frame, RawClient } from './raw-client.ts';
import { INVITE } from './running-server.ts';

export const REGISTER = 1;
export const LOGIN = 2;
export const KEEP_ALIVE = 3;
export const LOGOUT = 4;
export const SHOW_PEERS = 5;
export const BROWSE_PEER = 6;
export const SEARCH = 7;
export const REGISTER_UPDATE = 9;
export const RESUME = 10;
export const FIND = 11;
export const SOURCES = 12;
export const LIST_STATE = 13;
export const LIST_PART = 14;
export const LIST_COMMIT = 15;
export const LIST_DELTA = 16;
export const CANCEL = 17;
export const NETWORK = 31;
export const FOLDER = 32;
export const WATCH = 18;
export const UNWATCH = 19;
export const WATCHES = 30;
export const SEEN = 33;
export const SESSION_ENDED = 300;
export const MATCH = 301;

export const PASSWORD = 'sesame';
export const SHA1 = 'a'.repeat(40);
export const OTHER_SHA1 = 'b'.repeat(40);
export const ROOT = 'c'.repeat(64);

/** The lines of an OK that answers `type`. */
export function expectOk(reply: Frame | undefined, type: number): string[] {
  assert.ok(reply, 'the server closed');
  assert.equal(reply.type, type + 100, reply.text);
  return reply.text === '' ? [] : reply.text.split('\n');
}

/** A KO that answers `type`: the code, a space, and a sentence. */
export function expectKo(reply: Frame | undefined, type: number, code: string): string {
  assert.ok(reply, 'the server closed');
  assert.equal(reply.type, type + 200, reply.text);
  assert.match(reply.text, new RegExp(`^${code} \\S.* \\S`), reply.text);
  return reply.text;
}

export function expectEnded(event: Frame | undefined, code: string): void {
  assert.equal(event?.type, SESSION_ENDED);
  assert.match(event.text, new RegExp(`^${code} \\S.* \\S`));
}

/** The value of an attribute line of an OK. */
export function attribute(lines: readonly string[], key: string): string | undefined {
  return lines.find((line) => line.startsWith(`|${key}=`))?.slice(key.length + 2);
}

/** REGISTER with the invite; returns the id. */
export async function register(client: RawClient, name: string, files = ''): Promise<string> {
  const reply = await client.ask(REGISTER, [name, PASSWORD, ...(files ? [files] : []), `|invite=${INVITE}`].join('\n'));
  const [sentence, id] = expectOk(reply, REGISTER);
  assert.equal(sentence, 'REGISTER SUCCESS');
  assert.match(id ?? '', /^[0-9a-f]{20}$/);
  return id ?? '';
}

/** LOGIN; returns the lines of its OK. */
export async function login(client: RawClient, name: string, id: string, port = 1): Promise<string[]> {
  const lines = expectOk(await client.ask(LOGIN, `${name}\n${PASSWORD}\n${id}\n|port=${port}`), LOGIN);
  assert.equal(lines[0], 'LOGIN SUCCESS');
  return lines;
}

/** REGISTER and LOGIN; returns the id. */
export async function enter(client: RawClient, name: string, files = '', port = 1): Promise<string> {
  const id = await register(client, name, files);
  await login(client, name, id, port);
  return id;
}

/** What SHOW_PEERS says of a name: `online`, `offline` or undefined. */
export async function presenceOf(client: RawClient, name: string): Promise<string | undefined> {
  const lines = expectOk(await client.ask(SHOW_PEERS, 'all'), SHOW_PEERS);
  return lines.map((line) => line.split('|')).find(([username]) => username === name)?.[2];
}

/** Waits until SHOW_PEERS says so: what a dropped connection leads to happens after its end, not before. */
export async function awaitPresence(client: RawClient, name: string, presence: string): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if ((await presenceOf(client, name)) === presence) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`${name} did not become ${presence}`);
}
