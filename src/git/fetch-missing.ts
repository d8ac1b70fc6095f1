import { CommitSuiteError, SHA_PATTERN } from '../contract/index.ts'
import { type FetchContext, gitFetch } from './git-fetch.ts'
import { readSource } from './local-source.ts'
import { lookUpCommits } from './present-commits.ts'

const HEX = /^[0-9a-f]{4,64}$/
/** Refs that a fetch does not bring by itself where the source is a remote one. */
const SPELLED_OUT_REF = /^refs\/(?!(?:commit-suite|heads|tags|remotes|replace)\/)[A-Za-z0-9._/-]+$/
/** Each costs a round trip. */
const MOST_FETCHED_ONE_BY_ONE = 100

/**
 * Gets what no branch or tag leads to: commits by id (dropped by an amend or a force-push) and refs spelled out in
 * full (`refs/pull/7/head`). What the source does not have or give stays missing; resolving names it.
 */
export async function fetchMissing(context: FetchContext, refs: readonly string[]): Promise<void> {
  const mirror = { path: context.mirror }
  const bases = refs.flatMap((ref) => ref.split(/,|\.{2,3}/)).map((ref) => ref.trim().replace(/[~^].*$/, ''))
  const candidates = [...new Set(bases)].filter((base) => HEX.test(base) || isSafeRef(base))
  const found = await lookUpCommits(mirror, candidates)
  const missing = candidates.filter((base, index) => !HEX.test(base) || !('sha' in (found[index] ?? {})))
  for (const name of missing.slice(0, MOST_FETCHED_ONE_BY_ONE)) {
    const wanted = SHA_PATTERN.test(name) || !HEX.test(name) ? name : await expand(context, name)
    if (wanted === undefined) continue
    const refspec = SHA_PATTERN.test(wanted) ? wanted : `+${wanted}:${wanted}`
    await gitFetch(context, context.mirror, ['--update-shallow'], [refspec])
  }
}

const isSafeRef = (name: string): boolean =>
  SPELLED_OUT_REF.test(name) && !/\/\/|\.\./.test(name) && !/(?:\/|\.|\.lock)$/.test(name)

/** The full id of an abbreviated one; only a repository on this host can tell. */
async function expand(context: FetchContext, short: string): Promise<string | undefined> {
  if (context.source === undefined) return undefined
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${short}^{commit}`]
  try {
    const sha = (await readSource(context.source.root, args, context.signal)).trim()
    return SHA_PATTERN.test(sha) ? sha : undefined
  } catch (error) {
    // Ambiguous there: resolving says so, or that there is none.
    if (error instanceof CommitSuiteError) return undefined
    throw error
  }
}
