import { createColors } from 'picocolors'
import { invalidInput, newKeySchema } from '../../contract/index.ts'
import { count } from '../../report/format.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { plainTable } from '../report/table.ts'
import { withSite } from '../site/with-site.ts'

interface KeyFlags {
  name: string
  role: string
  requestsPerMinute: string
  openSuites: string
}

const FLAGS: Record<string, { flag: string; rule: string }> = {
  name: { flag: 'NAME', rule: 'must be letters, digits, ".", "_" and "-", 1 to 100 of them' },
  role: { flag: '--role', rule: 'must be read, run or admin' },
  requestsPerMinute: { flag: '--requests-per-minute', rule: 'must be a whole number from 1 to 1,000,000' },
  openSuites: { flag: '--open-suites', rule: 'must be a whole number from 1 to 10,000' },
}

function parseKey(flags: KeyFlags) {
  const { requestsPerMinute, openSuites, ...words } = flags
  const asked = { ...words, requestsPerMinute: Number(requestsPerMinute), openSuites: Number(openSuites) }
  const parsed = newKeySchema.safeParse(asked)
  if (parsed.success) return parsed.data
  const field = String(parsed.error.issues[0]?.path[0])
  const { flag, rule } = FLAGS[field] ?? { flag: field, rule: 'is not valid' }
  throw invalidInput(flag, Reflect.get(flags, field), rule)
}

/** Makes an API key; its secret is the one line on stdout. */
export async function createKey(context: CliContext, flags: KeyFlags, { json }: { json: boolean }): Promise<ExitCode> {
  const asked = parseKey(flags)
  return await withSite(context, async ({ keys }) => {
    const { key, secret } = await keys.create(asked)
    note(context, `key ${key.name}, role ${key.role}; it is shown this once:`)
    print(context, json ? JSON.stringify({ ...key, secret }) : secret)
    return EXIT.passing
  })
}

/** Prints the keys by name. */
export async function listKeys(context: CliContext, { json }: { json: boolean }): Promise<ExitCode> {
  return await withSite(context, async (site) => {
    const keys = await site.keys.list()
    if (json) print(context, JSON.stringify(keys))
    else if (keys.length === 0) note(context, 'no key: the gateway answers on loopback only')
    else {
      const head = ['key', 'role', 'requests/minute', 'open suites', 'created']
      const rows = keys.map(({ name, role, requestsPerMinute, openSuites, createdAt }) => [
        ...[name, role, count(requestsPerMinute), count(openSuites), createdAt],
      ])
      print(context, plainTable(head, rows, createColors(wantsColor(context, context.stdout))))
    }
    return EXIT.passing
  })
}

/** Revokes a key by name. */
export async function revokeKey(context: CliContext, name: string): Promise<ExitCode> {
  return await withSite(context, async ({ keys }) => {
    await keys.revoke(name)
    print(context, `${name} revoked`)
    return EXIT.passing
  })
}
