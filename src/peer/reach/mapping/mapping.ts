export type MapRequest = {
  /** Where this peer listens (TCP). */
  readonly internalPort: number;
  /** The port of the router's public address that would be best. */
  readonly externalPort: number;
  /** Seconds; 0 gives the port back. */
  readonly lifetimeS: number;
};

/** What a router granted. */
export type Mapping = {
  readonly externalPort: number;
  /** Seconds; 0 for ever. */
  readonly lifetimeS: number;
};

/** A router that maps ports, in one protocol or another. */
export type Router = {
  readonly by: 'PCP' | 'NAT-PMP' | 'UPnP';
  /** Where it was found. */
  readonly host: string;
  /** @throws SwapmeetError `unreachable` */
  readonly map: (request: MapRequest, signal: AbortSignal) => Promise<Mapping>;
};
