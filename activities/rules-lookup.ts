import type { SuiteSpec } from '../src/contract/index.ts'
import { readTestRules, type TestRules } from '../src/documents/test-rules.ts'
import { mirrorTreeReader } from '../src/git/tree-reader.ts'
import type { ActivityDeps } from './deps.ts'
import { mirrorOf } from './mirror-of.ts'
import { perCommit } from './per-commit.ts'
import { findSuite } from './suite-lookup.ts'

/**
 * Finds out what a commit says of its own tests. The day that counts is that on which the suite was asked for, so that
 * all its runs are judged alike. Throws `config_invalid`.
 */
export const createRulesLookup = (deps: ActivityDeps) => perCommit<TestRules>((spec, sha) => read(deps, spec, sha))
export type RulesLookup = ReturnType<typeof createRulesLookup>

export const namesTests = ({ ignore, quarantine }: TestRules): boolean => ignore.length + quarantine.length > 0

const DAY = 'YYYY-MM-DD'.length

export const dayOf = (time: string): string => time.slice(0, DAY)

async function read(deps: ActivityDeps, spec: SuiteSpec, sha: string): Promise<TestRules> {
  const [mirror, { createdAt }] = await Promise.all([mirrorOf(deps, spec, [sha]), findSuite(deps.store, spec.id)])
  return await readTestRules(mirrorTreeReader(mirror, sha), dayOf(createdAt))
}
