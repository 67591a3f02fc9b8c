import type { NetworkTotals } from '../../protocol/codecs/network.ts';
import type { Needs } from '../context.ts';

/** NETWORK [PROTOCOL §6.3]: the whole network in figures. */
export function network(context: Needs<'network', 'now'>): Promise<NetworkTotals> {
  return context.catalog.network(context.now());
}
