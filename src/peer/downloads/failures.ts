import { SwapmeetError } from '../../domain/errors.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { PAGE_ROWS_DEFAULT } from '../../protocol/limits.ts';
import type { FailureView } from '../control.ts';
import type { DownloadStore } from './store/download-store.ts';

/**
 * A page of the files of a folder that failed, in the folder's order.
 *
 * @throws SwapmeetError `bad-argument` where the download is of a file
 */
export function pageOfFailures(
  store: DownloadStore,
  id: string,
  { after, limit = PAGE_ROWS_DEFAULT }: PageRequest,
): Page<FailureView> {
  if (!store.folder(id)) {
    throw new SwapmeetError('bad-argument', 'this download is of one file: “swapmeet downloads” tells why it failed');
  }
  const found = store.failedFiles(id, takeCursor(after), limit + 1);
  const rows = found.slice(0, limit);
  const next = found.length > limit ? String(rows.at(-1)?.number) : undefined;
  return {
    rows: rows.map(({ path, sizeBytes, code, message }) => ({ path, sizeBytes, error: { code, message } })),
    ...(next === undefined ? {} : { next }),
  };
}

function takeCursor(after = '0'): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new SwapmeetError('bad-argument', 'after: give the “next” of the page before');
}
