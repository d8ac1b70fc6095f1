import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common'
import { upsertSearchAttributes } from '@temporalio/workflow'
import type { SuitePlan } from './api.ts'
import type { IsolationPlan } from './isolation-api.ts'
import type { SearchPlan } from './search-api.ts'
import type { SweepPlan } from './sweep-api.ts'

// MAINTENANCE: src/temporal/search-attributes.ts creates these on the server, by the same names and types.
const suiteId = defineSearchAttributeKey('SuiteId', 'KEYWORD')
const repo = defineSearchAttributeKey('Repo', 'KEYWORD')
const commitSha = defineSearchAttributeKey('CommitSha', 'KEYWORD')
const verdict = defineSearchAttributeKey('Verdict', 'KEYWORD')

export function describeSuite(plan: SuitePlan): void {
  if (!plan.searchable) return
  upsertSearchAttributes([
    { key: suiteId, value: plan.suite },
    { key: repo, value: plan.repoLabel ?? plan.repo },
  ])
}

export function laneAttributes(plan: SuitePlan, sha: string): { typedSearchAttributes?: SearchAttributePair[] } {
  if (!plan.searchable) return {}
  return {
    typedSearchAttributes: [
      { key: suiteId, value: plan.suite },
      { key: repo, value: plan.repoLabel ?? plan.repo },
      { key: commitSha, value: sha },
    ],
  }
}

export function describeVerdict(plan: SuitePlan, name: string): void {
  if (plan.searchable) upsertSearchAttributes([{ key: verdict, value: name }])
}

/** A search is found as suites are, by its own id. */
export function describeSearch(plan: SearchPlan): void {
  if (!plan.searchable) return
  upsertSearchAttributes([
    { key: suiteId, value: plan.search },
    { key: repo, value: plan.repoLabel ?? plan.repo },
  ])
}

export function describeIsolation(plan: IsolationPlan): void {
  if (!plan.searchable) return
  upsertSearchAttributes([
    { key: suiteId, value: plan.isolation },
    { key: repo, value: plan.repoLabel ?? plan.repo },
    { key: commitSha, value: plan.sha },
  ])
}

/** A firing is found by the suite that makes its runs. */
export function describeSweep({ searchable, suite, repo: address, repoLabel }: SweepPlan): void {
  if (!searchable) return
  upsertSearchAttributes([
    { key: suiteId, value: suite.id },
    { key: repo, value: repoLabel ?? address },
  ])
}

export function describeAnswer(plan: { searchable: boolean }, answer: string, culprit: string | null): void {
  if (!plan.searchable) return
  upsertSearchAttributes([
    { key: verdict, value: answer },
    ...(culprit === null ? [] : [{ key: commitSha, value: culprit }]),
  ])
}
