import { type RunKey, sha12 } from '../../contract/index.ts'

/** Labels and annotations of everything that we make in a cluster. */
export const KEYS = {
  /** Label on everything: `commit-suite`. */
  managedBy: 'app.kubernetes.io/managed-by',
  suite: 'commit-suite/suite',
  /** The first 12 digits. */
  commit: 'commit-suite/commit',
  role: 'commit-suite/role',
  attempt: 'commit-suite/attempt',
  /** Which try of which run: what `tryLabel` says. */
  try: 'commit-suite/try',
  /** Annotations that say whose an environment is; it is adopted only where all of them match. */
  owner: 'commit-suite/owner',
  repo: 'commit-suite/repo',
  sha: 'commit-suite/sha',
  chat: 'commit-suite/chat',
  user: 'commit-suite/user',
  key: 'commit-suite/key',
  /** The request that made a session's namespace: the same one, asked again after a crash, still made it. */
  createdBy: 'commit-suite/created-by',
  /** RFC 3339; from then on `gc` may remove the namespace. */
  expiresAt: 'commit-suite/expires-at',
  /** Name of the run that a pod is for, with its try. */
  run: 'commit-suite/run',
} as const
export const MANAGED_BY = 'commit-suite'

/** What a pod is for. Only `prepare` may be given a way out of the cluster. */
export type PodRole = 'prepare' | 'run' | 'warm'

/** `cs-<suite>-<sha12>`: at most 56 characters, as ids have at most 40. */
export const laneNamespace = (suite: string, sha: string): string => `cs-${suite}-${sha12(sha)}`

/** Names of one try of a run, after the workflow's id: `<suite>-<sha12>-<attempt>`, then generation and try. */
export function runName(key: RunKey, nth: number): string {
  const generation = key.generation === 0 ? '' : `-g${key.generation}`
  return `${key.suite}-${sha12(key.sha)}-${key.attempt}${generation}${nth === 1 ? '' : `-t${nth}`}`
}

/** Tells the tries of all runs of a commit apart, as short as a label has to be. */
export const tryLabel = ({ attempt, generation }: RunKey, nth: number): string => `${attempt}.${generation}.${nth}`

export const preparePodName = (suite: string, sha: string): string => `${suite}-${sha12(sha)}-prepare`
export const warmPodName = (suite: string, sha: string, nth: number): string => `${suite}-${sha12(sha)}-warm-${nth}`
