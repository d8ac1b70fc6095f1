import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { sha12 } from '../../contract/index.ts'

/** Where everything of the local executor lies under the state directory. */
export interface Places {
  stateDir: string
  runs: string
  trees: string
  leases: string
  /** What stands in for namespaces of sessions, one folder each. */
  sessions: string
}

export const placesIn = (stateDir: string): Places => ({
  stateDir,
  runs: join(stateDir, 'runs'),
  trees: join(stateDir, 'trees'),
  leases: join(stateDir, 'leases'),
  sessions: join(stateDir, 'sessions'),
})

/** A prepared tree: `ready.json` is written last, so that a tree without it is unfinished. */
export const treePlaces = (places: Places, treeKey: string) => ({
  folder: join(places.trees, treeKey),
  tree: join(places.trees, treeKey, 'tree'),
  home: join(places.trees, treeKey, 'home'),
  /** Untouched copies of both, only where runs write into the tree itself. */
  pristine: join(places.trees, treeKey, 'pristine'),
  ready: join(places.trees, treeKey, 'ready.json'),
  lock: join(places.stateDir, 'locks', `tree-${treeKey}.lock`),
})

/** What the folders of a lane's workspaces begin with: a crash can come before or after any file in them. */
export const laneTag = (suite: string, sha: string): string =>
  createHash('sha256').update(`${suite}/${sha}`).digest('hex').slice(0, 8)

/** Short, because TMPDIR lies in it and Unix sockets allow 108 bytes. */
export const newWorkspace = (places: Places, { suite, sha }: { suite: string; sha: string }): string =>
  join(places.runs, `${laneTag(suite, sha)}${randomBytes(6).toString('hex')}`)

export const workspacePlaces = (workspace: string) => ({
  lane: join(workspace, 'lane.json'),
  /** What the run wrote: upper directories of tree and HOME. */
  layer: join(workspace, 'own'),
  tree: join(workspace, 'own', 'tree'),
  treeWork: join(workspace, 'tree-work'),
  home: join(workspace, 'own', 'home'),
  homeWork: join(workspace, 'home-work'),
  tmp: join(workspace, 'tmp'),
  files: join(workspace, 'files'),
  status: join(workspace, 'status'),
})

/** All process trees of a lane begin with this. */
export const lanePrefix = (suite: string, sha: string): string => `${suite}/${sha}/`

export const leaseName = (suite: string, sha: string): string => `${suite}-${sha12(sha)}`
