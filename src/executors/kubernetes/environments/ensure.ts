import { setTimeout as delay } from 'node:timers/promises'
import type { V1Namespace } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { EnvironmentOwner } from '../../environment-access.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KEYS } from '../names.ts'
import type { NamespaceNeeds } from './bounds.ts'
import type { EgressPolicy } from './egress.ts'
import { furnish } from './furnish.ts'
import { heldBy } from './held-by.ts'
import { sessionExpiry } from './keep.ts'
import { createNamespace, isTerminating, readNamespace, refreshNamespace } from './namespace.ts'
import { isOwnedBy, namesOf } from './owner.ts'
import { refused } from './refused.ts'

export interface EnvironmentWants extends NamespaceNeeds {
  /** Where set-ups may connect to. */
  egress: EgressPolicy
  /** Names only; see service-account.ts for how the secrets get there. */
  imagePullSecrets: readonly string[]
}

export interface EnsuredEnvironment {
  namespace: string
  /** False where it was there and was brought up to date. */
  created: boolean
}

interface EnsureOptions {
  /** How long an earlier namespace of the name may take to go; 2 min, where 10 s are usual. */
  terminationMs?: number
  /** What asks, by a name of its own: when it asks again, what it made before counts as made by it. */
  createdBy?: string
}

const TERMINATION_MS = 120_000
const POLL_MS = 500
/** Each of them means that somebody removed or changed the namespace between two requests. */
const MOST_ROUNDS = 20

/**
 * Makes the environment, or adopts the one that is this owner's by all its annotations, and brings all that is in it
 * up to date. A session whose plain name is taken gets one with a hash behind it. Waits for the end of an earlier
 * namespace that is being removed.
 *
 * Rights that are used: namespaces get, create, patch (delete and list by others of this folder); in them
 * resourcequotas get, create, patch; limitranges, networkpolicies, serviceaccounts create, patch.
 *
 * @throws CommitSuiteError `environment_conflict` where the name belongs to somebody else; `environment_refused`
 * where the API server does not allow it or an earlier namespace does not go, naming what holds it
 */
export async function ensureEnvironment(
  cluster: Cluster,
  owner: EnvironmentOwner,
  wants: EnvironmentWants,
  signal: AbortSignal,
  { terminationMs = TERMINATION_MS, createdBy }: EnsureOptions = {},
): Promise<EnsuredEnvironment> {
  const deadlineMs = performance.now() + terminationMs
  let created = false
  try {
    for (let round = 0; round < MOST_ROUNDS; ) {
      signal.throwIfAborted()
      const { name, found } = await choose(cluster, owner, signal)
      if (found !== undefined && isTerminating(found)) {
        if (performance.now() > deadlineMs) throw doesNotGo(found, terminationMs)
        await delay(POLL_MS, undefined, { signal })
        continue
      }
      round += 1
      const expiresAt = owner.kind === 'session' ? sessionExpiry(new Date()) : undefined
      const ours = { owner, expiresAt, ...(createdBy !== undefined && { createdBy }) }
      if (found === undefined) created = (await createNamespace(cluster, name, ours, signal)) !== undefined
      else if (!(await refreshNamespace(cluster, found, ours, signal))) continue
      else created ||= createdBy !== undefined && found.metadata?.annotations?.[KEYS.createdBy] === createdBy
      if ((found !== undefined || created) && (await furnish(cluster, name, { owner, wants }, signal))) {
        return { namespace: name, created }
      }
    }
  } catch (error) {
    throw refused(error, `the environment of ${inWords(owner)}`)
  }
  throw new CommitSuiteError('environment_lost', `The namespace of ${inWords(owner)} is removed again and again.`)
}

/** The namespace that is the owner's, else the first name that is free. */
async function choose(
  cluster: Cluster,
  owner: EnvironmentOwner,
  signal: AbortSignal,
): Promise<{ name: string; found: V1Namespace | undefined }> {
  let free: string | undefined
  let taken: V1Namespace | undefined
  for (const name of namesOf(owner)) {
    const found = await readNamespace(cluster, name, signal)
    if (found === undefined) free ??= name
    else if (isOwnedBy(found, owner)) return { name, found }
    else taken ??= found
  }
  if (free !== undefined) return { name: free, found: undefined }
  const said = `The namespace ${taken?.metadata?.name} exists and is not that of ${inWords(owner)}.`
  throw new CommitSuiteError('environment_conflict', said, { remedy: 'Remove it, or choose another suite id.' })
}

const inWords = (owner: EnvironmentOwner): string =>
  owner.kind === 'lane'
    ? `suite ${owner.suite} at commit ${owner.sha}`
    : `chat ${owner.session.chat} and user ${owner.session.user}`

function doesNotGo(found: V1Namespace, waitedMs: number): CommitSuiteError {
  const name = found.metadata?.name
  const said = `The namespace ${name} is being removed and has not gone in ${waitedMs / 1000} s`
  const remedy = 'Remove what holds it, or wait, then start again.'
  return new CommitSuiteError('environment_refused', `${said}. It is held by: ${heldBy(found).join('; ')}. ${remedy}`, {
    remedy,
  })
}
