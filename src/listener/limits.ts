/** How long clients may take and how much they may hold, so that slow, silent or greedy ones harm nobody else. All ours. */

/** From a connection's first byte, or the end of the request before, to the end of the headers. */
export const headersMsMax = 10_000
/** To the end of the body: 16 MB at 2.2 Mbit/s. */
export const requestMsMax = 60_000
/** Between two requests on a connection. SDKs keep idle connections for less. */
export const keepAliveMsMax = 65_000
/** Without a byte in either direction, for answers that the client does not read and clients that are gone. */
export const silenceMsMax = 120_000
export const handshakeMsMax = 10_000
/** How often the bounds above are looked at. */
export const timeCheckMs = 1_000
/** Request bodies in memory at once, over all connections; beyond it requests are answered 503. */
export const bodyBytesInFlightMax = 512 * 2 ** 20
/** How long a refused upload is read and dropped, so that its sender sees the answer before the connection goes. */
export const lingerMsMax = 1_000
/** How long calls under way may take when the server stops. */
export const drainMsMax = 10_000
