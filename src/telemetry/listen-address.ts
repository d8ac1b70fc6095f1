import { invalidInput } from '../contract/index.ts'

export interface ListenAddress {
  host: string
  port: number
}

/** `9464`, `127.0.0.1:9464`, `[::1]:9464`, `metrics.internal:9464`. */
const ADDRESS = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+))?:)?(\d{1,5})$/

/** Where metrics are served: loopback unless a host is named; port 0 picks a free one. Throws `config_invalid`. */
export function parseListenAddress(field: string, text: string): ListenAddress {
  const match = ADDRESS.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) {
    const remedy = 'Write it like 127.0.0.1:9464, or 9464 for loopback.'
    throw invalidInput(field, text, 'is not a host and a port', remedy, 'config_invalid')
  }
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}

export const formatListenAddress = ({ host, port }: ListenAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`
