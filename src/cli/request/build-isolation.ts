import { CommitSuiteError, openIsolationSchema, parseIsolationRequest } from '../../contract/index.ts'
import { freshId } from '../../requests/fresh-id.ts'
import type { NamedIsolation } from '../../temporal/isolations.ts'
import { resolveRepo, withoutIdleCluster } from './build.ts'
import { type IsolationFlags, isolationOfFlags } from './isolation-flags.ts'
import { isolationOptionError, namedAsIsolationOption, type RawIsolation } from './isolation-rules.ts'
import { layer } from './layers.ts'
import { type RawRequest, requestOfFlags, type SuiteFlags } from './parse-flags.ts'

/** Defaults of files say how runs are made; what they say of suites alone, such as their number, is not for isolations. */
const NOT_OF_FILES: ReadonlySet<string> = new Set(['id', 'confidence'])

interface Asked {
  test: string
  suite: SuiteFlags
  isolation: IsolationFlags
}

/**
 * Builds the request of an isolation from flags and the defaults of files; judges all that can be judged without git.
 * One that begins with a run has no defaults of files: what it leaves out is as that run had it. Throws `invalid_input`
 * or `repo_not_found`; the message names the option.
 */
export function buildIsolation({ test, suite, isolation }: Asked, defaults: RawRequest, cwd: string): NamedIsolation {
  const byRun = isolation.run !== undefined
  const common = layer(byRun ? {} : { repo: '.', ...ofIsolations(defaults) }, requestOfFlags(suite, cwd))
  const raw: RawIsolation = { ...withoutIdleCluster(common, suite), ...isolationOfFlags(isolation), test }
  const typed = (field: string): unknown =>
    Object.entries({ ...suite, ...isolation }).find(([name]) => `${name}Ms` === field || name === field)?.[1]
  const parsed = openIsolationSchema.safeParse(raw)
  if (!parsed.success) throw isolationOptionError(parsed.error, raw, typed)
  // The run has a repository, whichever it is.
  checkTogether({ repo: '.', ...raw })
  const { id = freshId('i-', 10), repo } = parsed.data
  return { ...parsed.data, id, ...(repo === undefined ? {} : { repo: resolveRepo(repo, cwd) }) }
}

function ofIsolations(defaults: RawRequest): RawRequest {
  const known = Object.entries(defaults).filter(
    ([name]) => Object.hasOwn(openIsolationSchema.shape, name) && !NOT_OF_FILES.has(name),
  )
  return Object.fromEntries(known)
}

/** The rules that hold between options are the contract's; its complaints name fields. */
function checkTogether(raw: RawIsolation): void {
  try {
    parseIsolationRequest(raw)
  } catch (error) {
    throw error instanceof CommitSuiteError ? namedAsIsolationOption(error) : error
  }
}
