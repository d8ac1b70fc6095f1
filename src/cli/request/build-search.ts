import { CommitSuiteError, parseSearchRequest, searchRequestSchema } from '../../contract/index.ts'
import { freshId } from '../../requests/fresh-id.ts'
import type { NamedSearch } from '../../temporal/searches.ts'
import { resolveRepo, withoutIdleCluster } from './build.ts'
import { layer } from './layers.ts'
import { type RawRequest, requestOfFlags, type SuiteFlags } from './parse-flags.ts'
import { type SearchFlags, searchOfFlags } from './search-flags.ts'
import { namedAsSearchOption, type RawSearch, searchOptionError } from './search-rules.ts'

/** Defaults of files say how runs are made; what they say of suites alone, such as their number, is not for searches. */
const NOT_OF_FILES: ReadonlySet<string> = new Set(['id', 'confidence'])

function ofSearches(defaults: RawRequest): RawRequest {
  const known = Object.entries(defaults).filter(
    ([name]) => Object.hasOwn(searchRequestSchema.shape, name) && !NOT_OF_FILES.has(name),
  )
  return Object.fromEntries(known)
}

/**
 * Builds the request of a search from flags and the defaults of files; judges all that can be judged without git.
 * Throws `invalid_input` or `repo_not_found`; the message names the option.
 */
export function buildSearch(
  { suite, search }: { suite: SuiteFlags; search: SearchFlags },
  defaults: RawRequest,
  cwd: string,
): NamedSearch {
  const common = layer({ repo: '.', ...ofSearches(defaults) }, requestOfFlags(suite, cwd))
  const raw: RawSearch = { ...withoutIdleCluster(common, suite), ...searchOfFlags(search) }
  const typed = (field: string): unknown =>
    Object.entries({ ...suite, ...search }).find(([name]) => `${name}Ms` === field || name === field)?.[1]
  const parsed = searchRequestSchema.safeParse(raw)
  if (!parsed.success) throw searchOptionError(parsed.error, raw, typed)
  checkTogether(raw)
  const { id = freshId('c-', 10), repo } = parsed.data
  return { ...parsed.data, id, repo: resolveRepo(repo, cwd) }
}

/** The rules that hold between options are the contract's; its complaints name fields. */
function checkTogether(raw: RawSearch): void {
  try {
    parseSearchRequest(raw)
  } catch (error) {
    throw error instanceof CommitSuiteError ? namedAsSearchOption(error) : error
  }
}
