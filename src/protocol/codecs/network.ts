import { formatMegabytes, parseMegabytes } from '../../domain/megabytes.ts';
import { fieldsPayload, takeInteger, takeLines, textCodec, type Codec } from '../codec.ts';

/** The whole network in figures. */
export type NetworkTotals = {
  readonly peersOnline: number;
  readonly peers: number;
  readonly entries: number;
  /** Of all entries, so that a content counts for each of them. */
  readonly sizeBytes: number;
  readonly contents: number;
  /** Contents that only one peer holds. */
  readonly contentsAtRisk: number;
};

function takeCount(name: string, text: string): number {
  return takeInteger(name, text, 0, Number.MAX_SAFE_INTEGER);
}

export const networkReply: Codec<NetworkTotals> = textCodec(
  ({ peersOnline, peers, entries, sizeBytes, contents, contentsAtRisk }) =>
    fieldsPayload([
      ...[peersOnline, peers, entries].map(String),
      formatMegabytes(sizeBytes),
      ...[contents, contentsAtRisk].map(String),
    ]),
  ({ lines }) => {
    const [peersOnline, peers, entries, megabytes, contents, contentsAtRisk] = takeLines(lines, [
      'peers online',
      'peers',
      'entries',
      'dimension_in_mb',
      'contents',
      'contents at risk',
    ]);
    return {
      peersOnline: takeCount('peers online', peersOnline),
      peers: takeCount('peers', peers),
      entries: takeCount('entries', entries),
      sizeBytes: parseMegabytes(megabytes),
      contents: takeCount('contents', contents),
      contentsAtRisk: takeCount('contents at risk', contentsAtRisk),
    };
  },
);
