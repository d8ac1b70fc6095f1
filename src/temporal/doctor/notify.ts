import type { Config } from '../../config.ts'
import { readNotifyFile } from '../../notify/read-file.ts'
import { secretNames } from '../../notify/schema.ts'
import { type Check, failed, ok, warning } from './check.ts'

/** The operator's file of targets, and whether the secrets that it refers to are set here. */
export async function checkNotifyFile({ notifyFile }: Config, env: NodeJS.ProcessEnv = process.env): Promise<Check> {
  const name = 'COMMIT_SUITE_NOTIFY'
  if (notifyFile === undefined) return ok(name, 'not set; suites cannot ask for anybody to be told')
  try {
    const { targets } = await readNotifyFile(notifyFile)
    const unset = [...new Set(Object.values(targets).flatMap(secretNames))].filter((variable) => !env[variable])
    const told = `${notifyFile}: ${Object.keys(targets).join(', ') || 'no target'}`
    if (unset.length === 0) return ok(name, told)
    return warning(name, `${told}; not set here: ${unset.join(', ')}`, 'Set them in the environment of the worker.')
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return failed(name, message, 'Correct the file; docs/notifications.md describes it.')
  }
}
