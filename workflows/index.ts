export { CommitLane } from './commit-lane.ts'
export { CommitSuite } from './commit-suite.ts'
export { Janitor } from './janitor.ts'
export { SeedRun } from './seed-run.ts'
