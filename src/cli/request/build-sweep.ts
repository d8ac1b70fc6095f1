import {
  CommitSuiteError,
  cronProblem,
  invalidInput,
  parseSweepRequest,
  type SweepRequest,
  sweepRequestSchema,
} from '../../contract/index.ts'
import { resolveRepo, withoutIdleCluster } from './build.ts'
import { layer } from './layers.ts'
import { type RawRequest, requestOfFlags, type SuiteFlags } from './parse-flags.ts'
import { type SweepFlags, sweepOfFlags } from './sweep-flags.ts'
import { namedAsSweepOption, type RawSweep, sweepOptionError } from './sweep-rules.ts'

/** What defaults of files say of single suites alone is not for sweeps. */
function ofSweeps(defaults: RawRequest): RawRequest {
  const known = Object.entries(defaults).filter(([name]) => Object.hasOwn(sweepRequestSchema.shape, name))
  return Object.fromEntries(known)
}

/**
 * Builds the request of a sweep from flags and the defaults of files; judges all that can be judged without git and
 * Temporal. Throws `invalid_input` or `repo_not_found`; the message names the option.
 */
export function buildSweep(
  { suite, sweep }: { suite: SuiteFlags; sweep: SweepFlags },
  defaults: RawRequest,
  cwd: string,
): SweepRequest {
  requireOwn(suite, sweep)
  const common = layer({ repo: '.', ...ofSweeps(defaults) }, requestOfFlags(suite, cwd))
  const raw: RawSweep = { ...withoutIdleCluster(common, suite), ...sweepOfFlags(sweep) }
  const flags = { ...suite, ...sweep, budgetMs: sweep.budget }
  const typed = (field: string): unknown =>
    Object.entries(flags).find(([name]) => `${name}Ms` === field || name === field)?.[1]
  const parsed = sweepRequestSchema.safeParse(raw)
  if (!parsed.success) throw sweepOptionError(parsed.error, raw, typed)
  try {
    parseSweepRequest(raw)
  } catch (error) {
    throw error instanceof CommitSuiteError ? namedAsSweepOption(error) : error
  }
  // How its runs are kept apart is open until it is known who judges the request.
  return { ...parsed.data, repo: resolveRepo(parsed.data.repo, cwd) }
}

function requireOwn({ id, seeds }: SuiteFlags, { name, cron }: SweepFlags): void {
  if (id !== undefined) throw invalidInput('--id', id, 'is of a suite; a sweep has a name', 'Give it as --name.')
  if (seeds !== undefined) {
    const rule = 'cannot be given: every firing draws seeds that the repository has not seen'
    throw invalidInput('--seeds', seeds, rule, 'Leave it out; --seed makes the draw repeatable.')
  }
  if (name === undefined)
    throw invalidInput('--name', null, 'is missing', 'Name the sweep, for example --name nightly.')
  if (cron === undefined) throw invalidInput('--cron', null, 'is missing', 'Say when it fires: --cron "0 2 * * *".')
  const problem = cronProblem(cron)
  if (problem !== undefined) throw invalidInput('--cron', cron, problem)
}
