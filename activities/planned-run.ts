import type { RunKey, SuiteSpec } from '../src/contract/index.ts'

/** All that is settled of a run before it begins. */
export interface PlannedRun {
  key: RunKey
  try: number
  seed: number
  spec: SuiteSpec
  treeKey: string
}
