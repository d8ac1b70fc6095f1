import { createHash } from 'node:crypto'
import { type RunKey, type SessionRef, sha12 } from '../../contract/index.ts'

/** Labels and annotations of everything that we make in a cluster. */
export const KEYS = {
  /** Label on everything: `commit-suite`. */
  managedBy: 'app.kubernetes.io/managed-by',
  suite: 'commit-suite/suite',
  /** The first 12 digits. */
  commit: 'commit-suite/commit',
  role: 'commit-suite/role',
  attempt: 'commit-suite/attempt',
  /** Annotations that say whose an environment is; it is adopted only where all of them match. */
  owner: 'commit-suite/owner',
  repo: 'commit-suite/repo',
  sha: 'commit-suite/sha',
  chat: 'commit-suite/chat',
  user: 'commit-suite/user',
  key: 'commit-suite/key',
  /** RFC 3339; from then on `gc` may remove the namespace. */
  expiresAt: 'commit-suite/expires-at',
  /** Name of the run that a pod is for, with its try. */
  run: 'commit-suite/run',
} as const
export const MANAGED_BY = 'commit-suite'

/** What a pod is for. Only `prepare` may be given a way out of the cluster. */
export type PodRole = 'prepare' | 'run' | 'warm'

const digest8 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** `cs-<suite>-<sha12>`: at most 56 characters, as ids have at most 40. */
export const laneNamespace = (suite: string, sha: string): string => `cs-${suite}-${sha12(sha)}`

const LONGEST_NAME = 63
/** Lower-case letters, digits and single hyphens: what a DNS label may hold. */
const asLabel = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** `im-<chat>-<user>`, made fit for DNS; another session whose name would be the same gets a hash behind it. */
export function sessionNamespace({ chat, user, key }: SessionRef, hashed: boolean): string {
  const plain = ['im', asLabel(chat), asLabel(user)].filter((part) => part !== '').join('-')
  if (!hashed && plain.length <= LONGEST_NAME) return plain
  const suffix = `-${digest8(JSON.stringify([chat, user, key]))}`
  return plain.slice(0, LONGEST_NAME - suffix.length).replace(/-+$/, '') + suffix
}

/** Names of one try of a run, after the workflow's id: `<suite>-<sha12>-<attempt>`, then generation and try. */
export function runName(key: RunKey, nth: number): string {
  const generation = key.generation === 0 ? '' : `-g${key.generation}`
  return `${key.suite}-${sha12(key.sha)}-${key.attempt}${generation}${nth === 1 ? '' : `-t${nth}`}`
}

export const preparePodName = (suite: string, sha: string): string => `${suite}-${sha12(sha)}-prepare`
export const warmPodName = (suite: string, sha: string, nth: number): string => `${suite}-${sha12(sha)}-warm-${nth}`
