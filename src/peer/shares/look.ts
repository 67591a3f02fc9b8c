import type { BigIntStats } from 'node:fs';
import { access, constants, lstat, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ErrorCode } from '../../domain/errors.ts';
import { isDataFolder } from '../../storage/data-folder.ts';
import { errnoOf, throwUnlessOutOfReach } from '../../storage/errno.ts';
import type { Place } from './place.ts';
import type { ShareDefinition } from './share-definitions.ts';

/** Why a share can't be read at the moment. */
export type ShareFault = { readonly code: ErrorCode; readonly message: string };

/** Tells a file or folder from all others that exist on this machine at this time. */
export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

/** What is at a share's place: its folder's identity, or what is wrong. */
export type ShareLook = { readonly identity: string } | { readonly fault: ShareFault };

/** Looks whether a share's folder is there and can be read. The folder itself may be a link. */
export async function lookAtShare({ folder }: ShareDefinition): Promise<ShareLook> {
  try {
    const stats = await stat(folder, { bigint: true });
    if (!stats.isDirectory()) return { fault: { code: 'not-found', message: `${folder} is not a folder` } };
    await access(folder, constants.R_OK | constants.X_OK);
    if (await isDataFolder(folder)) return { fault: dataFolderFault(folder) };
    return { identity: identityOf(stats) };
  } catch (error) {
    throwUnlessOutOfReach(error);
    return { fault: faultOf(folder, errnoOf(error)) };
  }
}

function dataFolderFault(folder: string): ShareFault {
  return {
    code: 'bad-argument',
    message: `${folder} holds the private key of a peer or server and can't be shared: choose another`,
  };
}

function faultOf(folder: string, errno: string | undefined): ShareFault {
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return { code: 'not-found', message: `${folder} is not there; its files are shared again when it is back` };
  }
  return {
    code: 'disk-error',
    message: `${folder} can't be read (${errno ?? ''}): look at its permissions and the disk`,
  };
}

/** The identity of a folder below its share's, if it and all on the way to it are folders that may be shared, and not links. */
export async function lookAtFolder({ share, disk }: Place): Promise<string | undefined> {
  try {
    let stats = await stat(share.folder, { bigint: true });
    let way = share.folder;
    for (const name of relative(share.folder, disk).split(sep)) {
      if (await isDataFolder(way)) return undefined;
      if (name === '') break;
      way = join(way, name);
      stats = await lstat(way, { bigint: true });
      if (!stats.isDirectory()) return undefined;
    }
    return identityOf(stats);
  } catch (error) {
    throwUnlessOutOfReach(error);
    return undefined;
  }
}
