const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/

/** Whether a text is a name as DNS has it, in lower case and without a final dot; IPv4 addresses pass too. */
export const isHostName = (text: string): boolean => HOST_NAME.test(text)

/** Whether the system would take a name for an IPv4 address in some notation: `2130706433`, `0x7f.1`, `127.1`. */
export const endsInNumber = (host: string): boolean => /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/i.test(host)
