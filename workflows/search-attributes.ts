import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common'
import { upsertSearchAttributes } from '@temporalio/workflow'
import type { SuitePlan } from './api.ts'

// MAINTENANCE: src/temporal/search-attributes.ts creates these on the server, by the same names and types.
const suiteId = defineSearchAttributeKey('SuiteId', 'KEYWORD')
const repo = defineSearchAttributeKey('Repo', 'KEYWORD')
const commitSha = defineSearchAttributeKey('CommitSha', 'KEYWORD')
const verdict = defineSearchAttributeKey('Verdict', 'KEYWORD')

export function describeSuite(plan: SuitePlan): void {
  if (!plan.searchable) return
  upsertSearchAttributes([
    { key: suiteId, value: plan.suite },
    { key: repo, value: plan.repo },
  ])
}

export function laneAttributes(plan: SuitePlan, sha: string): { typedSearchAttributes?: SearchAttributePair[] } {
  if (!plan.searchable) return {}
  return {
    typedSearchAttributes: [
      { key: suiteId, value: plan.suite },
      { key: repo, value: plan.repo },
      { key: commitSha, value: sha },
    ],
  }
}

export function describeVerdict(plan: SuitePlan, name: string): void {
  if (plan.searchable) upsertSearchAttributes([{ key: verdict, value: name }])
}
