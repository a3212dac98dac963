/** AWS quota: data that one Query, Scan or SELECT reads, before the filter. */
export const pageBytesMax = 2 ** 20
