import { CommitSuiteError, invalidInput } from '../contract/index.ts'

const REMEDY = 'Write it like https://suites.example.org.'

/**
 * The address of a gateway without a slash at its end. Throws `invalid_input` naming `field` for anything but an http or
 * https URL without user, query and fragment; what could be a password is in no message.
 */
export function gatewayAddress(text: string, field: string): string {
  if (!URL.canParse(text)) throw invalidInput(field, masked(text), 'is not a URL', REMEDY)
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw invalidInput(field, masked(text), 'must be an http or https URL', REMEDY)
  }
  if (username !== '' || password !== '') {
    throw invalidInput(
      field,
      masked(text),
      'must not carry a user or password',
      'Put the key into COMMIT_SUITE_API_KEY.',
    )
  }
  if (search !== '' || hash !== '') {
    throw invalidInput(field, `${origin}${pathname}`, 'must have neither a query nor a fragment', REMEDY)
  }
  return `${origin}${pathname}`.replace(/\/+$/, '')
}

const masked = (text: string): string => text.replace(/[^/]*@/g, '***@').replace(/[?#].*$/s, '')

/** What may stand in a header. Throws `invalid_input` without the key, which is in no message. */
export function sendableKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key
  const remedy = 'Set it to what `commit-suite keys create` printed.'
  const rule = 'must be letters, digits and signs without spaces'
  const message = `COMMIT_SUITE_API_KEY: ${rule}. ${remedy}`
  throw new CommitSuiteError('invalid_input', message, { field: 'COMMIT_SUITE_API_KEY', rule, remedy })
}
