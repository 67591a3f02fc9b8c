import type { ConnectionOptions, TlsOptions } from 'node:tls';

/** ALPN's name of the framed protocol. [PROTOCOL §1] */
export const ALPN_PROTOCOL = 'swapmeet/1';

/**
 * TLS as both sides speak it: 1.3 only, the fastest of its ciphers first. Certificates are not checked against
 * authorities: whoever uses the connection compares the key with the one that it expects.
 */
export const TLS_OPTIONS = {
  minVersion: 'TLSv1.3' as const,
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
  ALPNProtocols: [ALPN_PROTOCOL],
  rejectUnauthorized: false,
} satisfies TlsOptions & ConnectionOptions;
