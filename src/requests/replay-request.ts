import type { SuiteRequest } from '../contract/index.ts'
import type { RunOnRecord } from '../store/find-run.ts'
import { freshId } from './fresh-id.ts'

const LONGEST_ID = 40
const RANDOM_CHARACTERS = 8

/** A fresh id that shows where the replay comes from: `<suite>-r-<random>`, cut to what an id may be long. */
function replayId(suite: string): string {
  const prefix = suite.slice(0, LONGEST_ID - RANDOM_CHARACTERS - 3).replace(/-+$/, '')
  return freshId(`${prefix}-r-`, RANDOM_CHARACTERS)
}

/** The ATTEMPT that a recorded run saw; of a replay, the one it repeated. */
export const attemptOf = ({ suite, parsed }: Pick<RunOnRecord, 'suite' | 'parsed'>): number =>
  suite.spec.attemptBase + parsed.attempt

/** A suite of exactly one run: the same commit, seed, command, set-up, environment and limits as recorded. */
export function replayRequest({ suite, sha, seed, parsed }: RunOnRecord): SuiteRequest & { id: string } {
  const { repo, command, workdir, setup, timeoutMs, projectType } = suite.spec
  const { executor, isolation, cluster, shuffle, reports, env, secretEnv, limits, priority } = suite.spec
  return {
    id: replayId(suite.id),
    repo,
    commits: [sha],
    workdir,
    ...(command === undefined ? {} : { command }),
    ...(setup === undefined ? {} : { setup }),
    seeds: [seed],
    attemptBase: attemptOf({ suite, parsed }),
    parallelism: 1,
    timeoutMs,
    ...(projectType === undefined ? {} : { projectType }),
    executor,
    isolation,
    // A client's session is not the replay's to use.
    ...(cluster === undefined ? {} : { cluster }),
    ...(shuffle === undefined ? {} : { shuffle }),
    ...(reports === undefined ? {} : { reports }),
    env,
    secretEnv,
    limits,
    // Of the run that is replayed, not of the replay.
    keep: 'never',
    priority,
  }
}
