import type { Command } from '../../contract/index.ts'
import type { TreeReader } from '../framework.ts'
import { readPackageJson } from '../node/package-json.ts'
import { textOf, withOptions } from '../shuffling.ts'
import { REQUESTED } from './requested.ts'

const RUNS_TESTS = /(?:^|[\s/;&|("'])(?:node|tsx)\s(?:[^;&|]*\s)?--test(?=$|[\s;&|)"'=])/g
const RUNS_SCRIPT = /^\s*(?:npm|pnpm|yarn)\s+(?:run\s+)?(?:test|t)\b/

/** Whether the command, or the script that it runs, starts Node's runner once, with no reporter of its own. */
export async function canAskForTap(files: TreeReader, command: Command | undefined): Promise<boolean> {
  const given = textOf(command)
  const script = RUNS_SCRIPT.test(given) ? ((await readPackageJson(files))?.testScript ?? '') : ''
  const text = `${given}\n${script}`
  return !text.includes('--test-reporter') && (text.match(RUNS_TESTS)?.length ?? 0) === 1
}

/**
 * What people read stays on stdout; the report is TAP, whose names of tests are the same in all versions. Node takes
 * these options from 18.17 and 20 on; a process that runs no tests ignores them.
 */
const REPORTERS = [
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  '--test-reporter=tap',
  `--test-reporter-destination=${REQUESTED.tap}`,
]

export const askForTap = ({ NODE_OPTIONS }: Readonly<Record<string, string>>): Record<string, string> =>
  NODE_OPTIONS?.includes('--test-reporter') === true ? {} : { NODE_OPTIONS: withOptions(NODE_OPTIONS, REPORTERS) }
