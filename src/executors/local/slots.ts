import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitSuiteError, type Isolation } from '../../contract/index.ts'
import { acquireLock, type HeldLock } from '../../process/lock-file.ts'
import type { ExecutionContext, PrepareRequest } from '../executor.ts'
import { copyTree } from './copy-tree.ts'
import type { LocalHost } from './host.ts'
import { treePlaces } from './places.ts'
import { prepareTree } from './prepare/prepare.ts'
import { readOwner, removeFolder } from './workspace.ts'

const TRY_LOCK_MS = 20
const MOST_SLOTS = 1_000

/** A prepared tree of its own at its own path, in which one run at a time writes. */
export interface Slot {
  treeKey: string
  lock: HeldLock
}

const slotKey = (treeKey: string, slot: number): string => `${treeKey}.${slot}`
const requestFile = (host: LocalHost, treeKey: string): string => join(host.places.trees, `${treeKey}.json`)

/** Whether runs of this isolation write into prepared trees of their own, for want of mount namespaces. */
export async function usesSlots(host: LocalHost, isolation: Isolation): Promise<boolean> {
  return isolation === 'process' && (await host.namespaces()) === 'none'
}

/** Prepares the first slot and notes how the others are made when they are needed. */
export async function prepareSlots(
  host: LocalHost,
  request: PrepareRequest,
  treeKey: string,
  context: ExecutionContext,
): ReturnType<typeof prepareTree> {
  await mkdir(host.places.trees, { recursive: true, mode: 0o700 })
  await writeFile(requestFile(host, treeKey), JSON.stringify(request), { mode: 0o600 })
  const preparation = await prepareTree(host, request, slotKey(treeKey, 0), context)
  return preparation.ok ? { ...preparation, treeKey } : preparation
}

/**
 * The first slot that no run uses, made where missing and restored to its pristine state. Held by a lock of this
 * process; runs that outlived a worker are known by the runner.
 */
export async function claimSlot(host: LocalHost, treeKey: string, context: ExecutionContext): Promise<Slot> {
  const states = await host.runner.list('')
  const owners = await Promise.all(states.map(({ workspace }) => readOwner(workspace)))
  const used = new Set(owners.map((owner) => owner?.treeKey))
  for (let slot = 0; slot < MOST_SLOTS; slot++) {
    const key = slotKey(treeKey, slot)
    if (used.has(key)) continue
    const lock = await tryLock(join(host.places.stateDir, 'locks', `slot-${key}.lock`))
    if (lock === undefined) continue
    try {
      await makeReady(host, treeKey, key, context)
      return { treeKey: key, lock }
    } catch (error) {
      await lock.release()
      throw error
    }
  }
  throw new CommitSuiteError('environment_lost', `All ${MOST_SLOTS} slots of ${treeKey} are in use.`)
}

async function tryLock(path: string): Promise<HeldLock | undefined> {
  return acquireLock(path, { signal: AbortSignal.timeout(TRY_LOCK_MS) }).catch(() => undefined)
}

async function makeReady(host: LocalHost, treeKey: string, key: string, context: ExecutionContext): Promise<void> {
  const text = await readFile(requestFile(host, treeKey), 'utf8').catch(() => undefined)
  if (text === undefined) throw new CommitSuiteError('environment_lost', `The prepared tree ${treeKey} is gone.`)
  const request: PrepareRequest = JSON.parse(text)
  const preparation = await prepareTree(host, request, key, context)
  if (!preparation.ok) {
    throw new CommitSuiteError('environment_lost', `The set-up failed in a further slot: ${preparation.output}`)
  }
  await restore(host, key)
}

async function restore(host: LocalHost, key: string): Promise<void> {
  const { tree, home, pristine } = treePlaces(host.places, key)
  for (const [path, copy] of [
    [tree, join(pristine, 'tree')],
    [home, join(pristine, 'home')],
  ] as const) {
    await removeFolder(path)
    await copyTree(copy, path)
  }
}
