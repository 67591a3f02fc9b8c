import type { StreamAccess } from '../../peer/stream-view.ts';

/** What follows the token is the name, for players, who show it and go by its extension. */
export const STREAM_PATH = '/stream/:token/*';

export function streamPath({ token, name }: StreamAccess): string {
  return `/stream/${token}/${encodeURIComponent(name)}`;
}
