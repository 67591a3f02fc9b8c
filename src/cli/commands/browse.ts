import type { Command } from 'commander';
import type { ApiClient } from '../../api/client.ts';
import type { RowOf } from '../../api/contract.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { withoutSlash } from '../arguments.ts';
import { formatSize } from '../format.ts';
import { globalsOf, outputOf } from '../globals.ts';
import type { Output } from '../output.ts';
import { pagesOf } from '../paging.ts';
import { connectToPeer } from '../peer-client.ts';
import { entryRecord, folderRecord } from '../records.ts';
import { printRows, type RowForm } from '../table.ts';

/** Paths are whole, so that PEER:PATH can be given to get as it stands there. */
const ENTRY_FORM: RowForm<RowOf<'browse'>> = {
  columns: [
    { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
    { title: 'SHA-1', text: ({ sha1 }) => sha1 },
    { title: 'PATH', text: ({ path }) => path },
  ],
  record: entryRecord,
};

type FolderRow = RowOf<'folder'>;

/** A folder of files and folders; the latter end with a slash, as others write them. */
function folderForm(folder: string | undefined): RowForm<FolderRow> {
  const pathOf = ({ name }: FolderRow): string => (folder === undefined ? name : `${folder}/${name}`);
  return {
    columns: [
      { title: 'FILES', text: (row) => (row.kind === 'folder' ? String(row.files) : ''), align: 'right' },
      { title: 'SIZE', text: ({ sizeBytes }) => formatSize(sizeBytes), align: 'right' },
      { title: 'SHA-1', text: (row) => (row.kind === 'file' ? row.sha1 : '') },
      { title: 'PATH', text: (row) => (row.kind === 'folder' ? `${pathOf(row)}/` : pathOf(row)) },
    ],
    record: (row) => folderRecord(row, pathOf(row)),
  };
}

/** Where to look: at a peer's list, or at what lies at one path of it. */
type Place = { readonly peer: string; readonly path: string | undefined };

/** @throws SwapmeetError `not-found` for a place that is not there; a peer without files is there */
function noteEmpty({ peer, path }: Place, output: Output): void {
  if (path === undefined) {
    output.note(`${peer} shares no files.`);
    return;
  }
  throw new SwapmeetError(
    'not-found',
    `${peer} shares nothing at ${path}: “swapmeet browse ${peer}” lists what is there`,
  );
}

function printAll(api: ApiClient, output: Output, place: Place): Promise<number> {
  return printRows(
    output,
    pagesOf((page) => api.call('browse', { ...place, ...page })),
    ENTRY_FORM,
  );
}

function printFolder(api: ApiClient, output: Output, place: Place): Promise<number> {
  return printRows(
    output,
    pagesOf((page) => api.call('folder', { ...place, ...page })),
    folderForm(place.path),
  );
}

const HELP = `
Examples:
  $ swapmeet browse alice
  $ swapmeet browse alice music/live
  $ swapmeet get alice:music/live/encore.flac            PEER:PATH, the path as browse shows it
  $ swapmeet browse alice --recursive --json | jq -s 'map(.size) | add'
`;

export function addBrowseCommand(program: Command): void {
  program
    .command('browse')
    .summary('list what a peer shares')
    .description(
      'Lists what lies in one folder that a peer shares, folders first. A peer that is offline can be browsed, too.',
    )
    .argument('<peer>', 'a username or an id')
    .argument('[path]', 'a folder, as SHARE/PATH')
    .option('--recursive', 'list all files below it')
    .addHelpText('after', HELP)
    .action(
      async (peer: string, path: string | undefined, options: { readonly recursive?: true }, command: Command) => {
        const api = await connectToPeer(globalsOf(command));
        const output = outputOf(command);
        const place = { peer, path: path === undefined ? undefined : withoutSlash(path) };
        const inFolder = options.recursive ? 0 : await printFolder(api, output, place);
        // A path may be that of one file.
        if (inFolder === 0 && (await printAll(api, output, place)) === 0) noteEmpty(place, output);
      },
    );
}
