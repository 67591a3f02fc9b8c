import { SwapmeetError } from '../../domain/errors.ts';
import { LAN_ADDRESSES_MAX } from '../limits.ts';
import { formatHostPort, parseHostPort, type HostPort } from '../host-port.ts';

/** `HOST:PORT`. @throws SwapmeetError `bad-request` */
export function takeAddress(text: string): HostPort {
  try {
    return parseHostPort(text);
  } catch (cause) {
    throw new SwapmeetError('bad-request', 'an address has the form HOST:PORT', { cause });
  }
}

/** At most `LAN_ADDRESSES_MAX` of them, separated by commas. @throws SwapmeetError `bad-request` */
export function takeAddresses(text: string): HostPort[] {
  if (text === '') return [];
  const items = text.split(',');
  if (items.length > LAN_ADDRESSES_MAX) {
    throw new SwapmeetError('bad-request', `at most ${LAN_ADDRESSES_MAX} addresses, not ${items.length}`);
  }
  return items.map(takeAddress);
}

/** The text that `takeAddresses` reads. */
export function formatAddresses(addresses: readonly HostPort[]): string {
  return addresses.map(formatHostPort).join(',');
}
