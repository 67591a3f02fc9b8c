/** Every limit of the wire in one place. [PROTOCOL §9] */
const KIB = 1024;
const MIB = 1024 * KIB;

/** A request or reply of a few fields. */
export const SMALL_BYTES_MAX = 8 * KIB;
/** A request for a page: a query or a folder, and a cursor, which may hold a path with every byte encoded. */
export const PAGE_REQUEST_BYTES_MAX = 64 * KIB;
/** A reply that lists things, paged so that it stays below. */
export const PAGE_BYTES_MAX = 4 * MIB;
/** A whole file list in one message: some 400,000 files. */
export const LIST_BYTES_MAX = 64 * MIB;
/** A part of a list, or changes of one, in one message. */
export const LIST_PART_BYTES_MAX = MIB;
/** Parts of one list: some 8 million files. */
export const LIST_PARTS_MAX = 1_024;
/** Characters of a token that names an upload, and of a revision. */
export const LIST_NAME_UNITS_MAX = 64;
/** One line of a list: the longest filename with every byte percent-encoded, and room for fields to come. */
export const FILE_LINE_BYTES_MAX = 16 * KIB;
/** The payload of one DATA frame. */
export const DATA_BYTES_MAX = MIB;
/** The bytes that one DOWNLOAD may ask for. */
export const DOWNLOAD_BYTES_MAX = 64 * MIB;
/** Contents that one BUNDLE may ask for. */
export const BUNDLE_CONTENTS_MAX = 256;
/** The bytes that they may have together. */
export const BUNDLE_BYTES_MAX = MIB;

/** Rows of a page where the request names no limit. */
export const PAGE_ROWS_DEFAULT = 1_000;
/** Rows that a request may ask for. */
export const PAGE_ROWS_MAX = 10_000;
/** Holders that FIND lists for one content; the rest are counted, and SOURCES gives those that are online. */
export const FIND_HOLDERS_MAX = 10;
/** Sources that one SOURCES reply lists. */
export const SOURCES_MAX = 1_000;
/** Contents that one peer publishes as held in part. */
export const PARTS_MAX = 1_000;
/** Private addresses that LOGIN and RESUME name, and further addresses of one source. */
export const LAN_ADDRESSES_MAX = 8;
/** Characters of a query. */
export const QUERY_UNITS_MAX = 1_024;
/** Watches that a server keeps for one peer. */
export const WATCHES_MAX = 1_000;
/** Watches of one peer that ask for no word or ending of three bytes, no hash and no peer, so that each entry is compared with them. */
export const BROAD_WATCHES_MAX = 20;
/** Matches that one message of a publisher adds to one watch; the rest are dropped, and MATCH says `more`. */
export const MATCHES_A_MESSAGE_MAX = 100;
/** Matches of one watch that wait to be seen; the oldest go. */
export const MATCHES_WAITING_MAX = 1_000;
/** Contents of one watch that the server remembers to have told; the oldest are forgotten, and told again if published again. */
export const MATCHES_TOLD_MAX = 100_000;
/** Matches of all watches of a peer together that wait to be seen; each watch has an equal share, if that is less than the above. */
export const PEER_WAITING_MAX = 20_000;
/** The same of contents that are remembered to have been told. */
export const PEER_TOLD_MAX = 1_000_000;
/** Characters of a password. */
export const PASSWORD_UNITS_MAX = 1_024;
/** Characters of a KO's sentence; longer ones are cut. */
export const KO_SENTENCE_UNITS_MAX = 1_024;

/** Requests that a client may send ahead of their replies on one connection; the reader stops beyond. */
export const PIPELINED_REQUESTS_MAX = 64;
