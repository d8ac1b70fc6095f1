import type { SuiteSpec } from '../src/contract/index.ts'
import { type DetectedProject, detectFramework, detectionOf } from '../src/frameworks/detect.ts'
import { mirrorTreeReader } from '../src/git/tree-reader.ts'
import { templateOptions } from './admit-suite.ts'
import type { ActivityDeps } from './deps.ts'
import { mirrorOf } from './mirror-of.ts'
import { perCommit } from './per-commit.ts'

/** Finds out how a commit is tested. */
export const createProjectLookup = (deps: ActivityDeps) =>
  perCommit<DetectedProject>((spec, sha) => detect(deps, spec, sha))
export type ProjectLookup = ReturnType<typeof createProjectLookup>

async function detect(deps: ActivityDeps, spec: SuiteSpec, sha: string): Promise<DetectedProject> {
  const mirror = await mirrorOf(deps, spec, [sha])
  return await detectFramework(mirrorTreeReader(mirror, sha), spec.projectType, {
    ...templateOptions(deps),
    ...detectionOf(spec),
  })
}
