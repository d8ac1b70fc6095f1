import { invalidInput } from '../../contract/index.ts'

const PROTOCOLS: readonly string[] = ['postgres:', 'postgresql:']
const REMEDY = 'Write it like postgres://user@host:5432/database; the password may stand in PGPASSWORD or a passfile.'

/**
 * The address of a PostgreSQL database as it was given; throws `config_invalid` where it is none. A message never
 * quotes it: it may hold a password.
 */
export function databaseUrl(field: string, text: string): string {
  const wrong = (rule: string) => invalidInput(field, '(hidden)', rule, REMEDY, 'config_invalid')
  if (!URL.canParse(text)) throw wrong('is not the URL of a database')
  const url = new URL(text)
  if (!PROTOCOLS.includes(url.protocol)) throw wrong('must begin with postgres:// or postgresql://')
  if (url.pathname.length < 2) throw wrong('must name a database after the host')
  return text
}

/** Which database a URL means, in messages: without user, password and options. */
export function databasePlace(text: string): string {
  const { host, pathname, searchParams } = new URL(text)
  const where = host === '' ? (searchParams.get('host') ?? 'localhost') : host
  return `postgres://${where}${pathname}`
}
