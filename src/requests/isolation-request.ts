import { invalidInput } from '../contract/index.ts'
import type { RunOnRecord } from '../store/find-run.ts'

/** What an isolation has of the suite of its run where its request says nothing of it. */
const OF_THE_RUN = [
  'repo',
  'command',
  'workdir',
  'setup',
  'timeoutMs',
  'projectType',
  'executor',
  'isolation',
  'cluster',
  'env',
  'secretEnv',
  'shuffle',
  'limits',
] as const

/**
 * Fills what the request of an isolation leaves open by the run that it begins with: the test is to be run as it was when
 * it failed. A request that is filled already stays as it is. Throws `invalid_input` for another commit than the run's.
 */
export function filledByRun(request: object, { id, suite, sha }: RunOnRecord): object {
  const asked: Record<string, unknown> = { ...request }
  const { commit = sha } = asked
  if (typeof commit === 'string' && !sha.startsWith(commit)) {
    throw invalidInput('commit', commit, `the run ${id} is of commit ${sha}`, 'Leave it out.')
  }
  const { isolation, cluster, ...rest } = suite.spec
  // What ran on the gateway's own machine without a sandbox, or in a cluster of its choice, does not so for the network.
  const apart = asked.network === undefined ? { isolation, cluster } : isolation === 'process' ? {} : { isolation }
  const ofTheRun: Partial<Record<string, unknown>> = { ...rest, ...apart }
  const filled = OF_THE_RUN.map(
    (field) => [field, asked[field] === undefined ? ofTheRun[field] : asked[field]] as const,
  )
  return { ...asked, ...Object.fromEntries(filled.filter(([, value]) => value !== undefined)), commit: sha }
}
