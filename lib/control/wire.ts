/** The control server listens on loopback at CONTROL_PORT; every request carries CONTROL_SECRET. */
export const CONTROL_SECRET_HEADER = 'x-tollbridge-control';

/** `POST /commands/<name>` with the command's input as JSON. */
export const COMMANDS_PATH = '/commands/';

/** `GET /events`: newline-delimited JSON, a ControlEvent a line, the first one "hello". */
export const EVENTS_PATH = '/events';

/** The switch writes a "ping" at least this often; a reader gives up after three of them. */
export const PING_MS = 5_000;

/** Longest line of the stream; a longer one ends it. */
export const MAX_LINE_BYTES = 65_536;

/**
 * Bytes that the switch lets wait for a reader who does not read; then it ends that stream. The
 * reader reconnects and tells its own readers to fetch again.
 */
export const MAX_BACKLOG_BYTES = 4_194_304;
