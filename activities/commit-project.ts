import type { SuiteSpec } from '../src/contract/index.ts'
import { type DetectedProject, detectFramework } from '../src/frameworks/detect.ts'
import { mirrorTreeReader } from '../src/git/tree-reader.ts'
import { templateOptions } from './admit-suite.ts'
import type { ActivityDeps } from './deps.ts'
import { mirrorOf } from './mirror-of.ts'

const REMEMBERED = 200

/** Finds out how a commit is tested; what a commit holds never changes, so the answer is kept for its runs. */
export function createProjectLookup(deps: ActivityDeps) {
  const known = new Map<string, Promise<DetectedProject>>()
  return async (spec: SuiteSpec, sha: string): Promise<DetectedProject> => {
    const key = `${spec.id}/${sha}`
    const found = known.get(key) ?? detect(deps, spec, sha)
    known.delete(key)
    known.set(key, found)
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break
      known.delete(oldest)
    }
    // A failed look-up must not be remembered.
    found.catch(() => known.delete(key))
    return await found
  }
}
export type ProjectLookup = ReturnType<typeof createProjectLookup>

async function detect(deps: ActivityDeps, spec: SuiteSpec, sha: string): Promise<DetectedProject> {
  const mirror = await mirrorOf(deps, spec, [sha])
  return await detectFramework(mirrorTreeReader(mirror, sha), spec.projectType, {
    ...templateOptions(deps),
    command: spec.command,
    ownSetup: spec.setup !== undefined,
  })
}
