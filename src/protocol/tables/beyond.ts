import * as find from '../codecs/find.ts';
import * as folder from '../codecs/folder.ts';
import * as listing from '../codecs/listing.ts';
import * as network from '../codecs/network.ts';
import * as search from '../codecs/search.ts';
import * as session from '../codecs/session.ts';
import { PAGE_BYTES_MAX, PAGE_REQUEST_BYTES_MAX, SMALL_BYTES_MAX } from '../limits.ts';
import { LOGGED_IN, OPEN, message } from './message.ts';

/** What a server answers beyond the core. [PROTOCOL §6.3] */
export const BEYOND_CORE = {
  RESUME: message({
    code: 10,
    at: 'server',
    states: OPEN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.resumeRequest,
    ok: session.sessionReply('RESUME SUCCESS'),
    requestForm: 'id \\n token [port] [lan]',
    okForm: 'RESUME SUCCESS [ticket] [resume] [address]',
  }),
  FIND: message({
    code: 11,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    cancellable: true,
    request: find.findRequest,
    ok: find.contentsReply,
    requestForm: 'query [holders] [matches] [reach] [facets] [after] [limit]',
    okForm:
      'a content: filename|dimension_in_mb|sha1|root|sources|listed|holders, then as many lines as listed, id|username|filename|online or offline [next] [total] [bounded] [facet-type] [facet-ext]',
  }),
  SOURCES: message({
    code: 12,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    request: search.sourcesRequest,
    ok: search.sourcesReply,
    requestForm: 'sha1 [root] [reach]',
    okForm: 'a line a source: filename|dimension_in_mb|sha1|root|id|username|peer_ip|peer_port|key|part|addresses',
  }),
  CANCEL: message({
    code: 17,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.emptyRequest,
    ok: session.sentenceReply('CANCEL SUCCESS'),
    requestForm: '',
    okForm: 'CANCEL SUCCESS',
  }),
  NETWORK: message({
    code: 31,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.emptyRequest,
    ok: network.networkReply,
    requestForm: '',
    okForm: 'peers online \\n peers \\n entries \\n dimension_in_mb \\n contents \\n contents at risk',
  }),
  FOLDER: message({
    code: 32,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    cancellable: true,
    request: listing.browseRequest,
    ok: folder.folderReply,
    requestForm: 'id [path] [after] [limit]',
    okForm:
      'a line a folder: d|name|files|dimension_in_mb, then a line a file: f|name|dimension_in_mb|sha1|root [next]',
  }),
} as const;
