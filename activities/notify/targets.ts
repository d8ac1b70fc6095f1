import { CommitSuiteError, invalidInput } from '../../src/contract/index.ts'
import { readNotifyFile } from '../../src/notify/read-file.ts'
import type { NotifyFile, Target } from '../../src/notify/schema.ts'
import type { ActivityDeps } from '../deps.ts'

type Configured = Pick<ActivityDeps, 'notifyFile'>

/**
 * Refuses names that whoever runs the worker has given to no target.
 *
 * @throws CommitSuiteError `invalid_input` that names those there are, `config_invalid`
 */
export async function assertTargets(deps: Configured, names: readonly string[] = []): Promise<void> {
  const [first] = names
  if (first === undefined) return
  if (deps.notifyFile === undefined) {
    const remedy = 'Whoever runs the worker names a file of targets with COMMIT_SUITE_NOTIFY.'
    throw invalidInput('notify', first, 'the worker has no targets', remedy)
  }
  const { targets } = await readTargets(deps.notifyFile)
  const unknown = names.find((name) => !Object.hasOwn(targets, name))
  if (unknown === undefined) return
  throw invalidInput('notify', unknown, 'is no target of the worker', `Known: ${Object.keys(targets).join(', ')}.`)
}

/** The file may have changed since the suite was admitted. */
export async function findTarget(deps: Configured, name: string): Promise<{ target: Target; file: NotifyFile }> {
  const file = deps.notifyFile === undefined ? undefined : await readTargets(deps.notifyFile)
  const target = file?.targets[name]
  if (file !== undefined && target !== undefined) return { target, file }
  throw invalidInput('notify', name, 'is a target of the worker no more', 'See COMMIT_SUITE_NOTIFY.', 'config_invalid')
}

/** Where the file is wrong stands in the doctor's answer only: the value at fault may be a secret in the wrong place. */
async function readTargets(path: string): Promise<NotifyFile> {
  try {
    return await readNotifyFile(path)
  } catch {
    const message = 'notify: the worker cannot read its file of targets. On its machine, commit-suite doctor says why.'
    throw new CommitSuiteError('config_invalid', message, { field: 'notify' })
  }
}
