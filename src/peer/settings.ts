import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';
import { LIMITS_DEFAULT } from './limits/limit-settings.ts';
import { diskFailure } from '../storage/disk-failure.ts';

const Rate = z.number().nullable();
const LimitsOfPeer = z.object({
  slots: z.number(),
  up: Rate,
  down: Rate,
  upEach: Rate,
  downEach: Rate,
  schedule: z.array(z.string()).readonly(),
});

/**
 * What a peer keeps so that `--data DIR` alone starts it as it was: one file, 0600, since it holds the password and
 * the resume token.
 */
const Settings = z.object({
  server: z.object({ host: z.string(), port: z.number(), key: z.string(), invite: z.string().optional() }),
  username: z.string(),
  password: z.string(),
  listen: z.object({ host: z.string(), port: z.number() }),
  shares: z.array(z.object({ label: z.string(), folder: z.string() })),
  /** Patterns of what is left out of the shares, and of what is in them all the same. */
  exclude: z.array(z.string()).default([]),
  include: z.array(z.string()).default([]),
  downloadsFolder: z.string(),
  limits: LimitsOfPeer.default(LIMITS_DEFAULT),
  /** By username: who is served before others. */
  friends: z.array(z.string()).default([]),
  /** The registration, once there is one. */
  id: z.string().optional(),
  resumeToken: z.string().optional(),
});
export type PeerSettings = z.infer<typeof Settings>;

function settingsFile(dataFolder: string): string {
  return join(dataFolder, 'peer.json');
}

/** The settings kept in a data folder, or undefined when it is new. @throws SwapmeetError `disk-error` */
export async function loadSettings(dataFolder: string): Promise<PeerSettings | undefined> {
  const file = settingsFile(dataFolder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SwapmeetError('disk-error', `${file} can't be read`, { cause: error });
  }
  try {
    return Settings.parse(JSON.parse(text));
  } catch (error) {
    throw new SwapmeetError('disk-error', `${file} is damaged: mend it, or remove it and give --join again`, {
      cause: error,
    });
  }
}

/** Replaces the settings atomically; when this resolves they are on disk. @throws SwapmeetError `disk-full`, `disk-error` */
async function saveSettings(dataFolder: string, settings: PeerSettings): Promise<void> {
  const file = settingsFile(dataFolder);
  try {
    await writeFileAtomic(file, `${JSON.stringify(settings, undefined, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw diskFailure(error, file);
  }
}

/** Keeps the settings, with what the server gives out, one write after the other. */
export function createSettingsKeeper(dataFolder: string, initial: PeerSettings, log: Logger) {
  let settings = initial;
  let writing = Promise.resolve();

  function save(): Promise<void> {
    writing = writing.catch(() => undefined).then(() => saveSettings(dataFolder, settings));
    return writing;
  }

  return {
    /** @throws SwapmeetError `disk-full`, `disk-error` */
    save,
    settings: () => settings,
    /** Changes what a person has chosen. @throws SwapmeetError `disk-full`, `disk-error`: then nothing has changed */
    change: async (changes: Partial<Pick<PeerSettings, 'limits' | 'friends'>>): Promise<void> => {
      const before = settings;
      settings = { ...settings, ...changes };
      await save().catch((error: unknown) => {
        settings = { ...settings, limits: before.limits, friends: before.friends };
        throw error;
      });
    },
    account: () => ({ ...settings, invite: settings.server.invite }),
    /** Where the disk fails the peer goes on, and logs in by its password at the next start. */
    keep: async (given: Pick<PeerSettings, 'id' | 'resumeToken'>): Promise<void> => {
      settings = { ...settings, id: given.id, resumeToken: given.resumeToken };
      await save().catch((err: unknown) => {
        log.warn({ err }, `the session could not be kept for the next start: ${toSwapmeetError(err).message}`);
      });
    },
  };
}
