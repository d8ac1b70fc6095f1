import { isIP } from 'node:net'

/** Whether an address to listen on is reached from this machine only. */
export const isLoopbackAddress = (address: string): boolean =>
  address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))

/** Whether a Host header names this machine by loopback, so that no name server had a say in it. */
export function isLoopbackName(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false
  const { hostname, pathname, username, search } = new URL(`http://${host}`)
  if (pathname !== '/' || username !== '' || search !== '') return false
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return isLoopbackAddress(name) || name.endsWith('.localhost')
}
