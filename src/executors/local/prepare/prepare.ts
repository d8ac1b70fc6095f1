import { access, mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unmetNeeds } from '../../../git/unmet-needs.ts'
import { acquireLock } from '../../../process/lock-file.ts'
import type { Preparation, PrepareContext, PrepareRequest } from '../../executor.ts'
import { checkOut } from '../../git-checkout.ts'
import { copyTree } from '../copy-tree.ts'
import type { LocalHost } from '../host.ts'
import { limitWarnings } from '../limits/run-cgroups.ts'
import { treePlaces } from '../places.ts'
import { removeFolder } from '../workspace.ts'
import { takeLease } from './leases.ts'
import { runSetup, setupPrefix } from './set-up.ts'
import { withNetwork } from './set-up-network.ts'
import { cachesKey } from './tree-key.ts'
import { inheritCaches } from './warm-caches.ts'

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Finds the prepared tree or makes it, under a lock over all processes of the host; leased to the lane. */
export async function prepareTree(
  host: LocalHost,
  request: PrepareRequest,
  treeKey: string,
  context: PrepareContext,
): Promise<Preparation> {
  const startedAtMs = Date.now()
  const places = treePlaces(host.places, treeKey)
  await takeLease(host.places, treeKey, request.suite, request.sha)
  const warnings = [
    ...(await limitWarnings(request.limits)),
    ...(await unmetNeeds({ path: request.mirrorPath }, request.sha)),
  ]
  const lock = await acquireLock(places.lock, { signal: context.signal })
  try {
    const cached = await exists(places.ready)
    if (cached) await utimes(places.ready, new Date(), new Date())
    else {
      const made = await makeTree(host, request, treeKey, context)
      if (!made.ok) return made
    }
    return { ok: true, treeKey, cached, durationMs: Date.now() - startedAtMs, warnings }
  } finally {
    await lock.release()
  }
}

type Made = { ok: true } | Extract<Preparation, { ok: false }>

async function makeTree(
  host: LocalHost,
  request: PrepareRequest,
  treeKey: string,
  context: PrepareContext,
): Promise<Made> {
  const places = treePlaces(host.places, treeKey)
  // A worker that crashed here may have left a set-up that still goes on.
  await host.runner.killPrefix(setupPrefix(treeKey))
  await removeFolder(places.folder)
  await mkdir(places.home, { recursive: true, mode: 0o700 })
  try {
    const made = await fillTree(host, request, treeKey, context)
    if (!made.ok) await removeFolder(places.folder)
    return made
  } catch (error) {
    await removeFolder(places.folder)
    throw error
  }
}

async function fillTree(
  host: LocalHost,
  request: PrepareRequest,
  treeKey: string,
  context: PrepareContext,
): Promise<Made> {
  const places = treePlaces(host.places, treeKey)
  const checkout = await checkOut(request.mirrorPath, request.sha, places.tree, context.signal)
  if (!checkout.ok) return { ...checkout, step: 'checkout' }
  const workdir = await stat(join(places.tree, request.workdir)).catch(() => undefined)
  if (workdir?.isDirectory() !== true) {
    const output = `The commit has no folder ${JSON.stringify(request.workdir)} to work in.`
    return { ok: false, step: 'checkout', command: `cd ${request.workdir}`, exitCode: null, output }
  }
  const { isolation } = request
  const caches = await cachesKey(request, host.workerEnv)
  if (request.setup.length > 0) await context.onSetup?.()
  await inheritCaches(host, request, caches, places.home)
  if (isolation === 'sandbox') await handToSandbox([places.tree, places.home])
  const failure = await withNetwork(host, request, treeKey, (network) =>
    runSetup(host, request, { treeKey, network }, context),
  )
  if (failure !== undefined) return failure
  if (isolation === 'process' && (await host.namespaces()) === 'none') await keepPristine(host, treeKey)
  const draft = join(places.folder, 'ready.draft')
  await writeFile(draft, JSON.stringify({ sha: request.sha, caches, preparedAt: new Date().toISOString() }))
  await rename(draft, places.ready)
  return checkout
}

async function handToSandbox(paths: string[]): Promise<void> {
  const { ownTree } = await import('../sandbox/identity.ts')
  for (const path of paths) await ownTree(path)
}

/** Slots are written to by their runs and restored from this. */
async function keepPristine(host: LocalHost, treeKey: string): Promise<void> {
  const { tree, home, pristine } = treePlaces(host.places, treeKey)
  await mkdir(pristine, { recursive: true, mode: 0o700 })
  await copyTree(tree, join(pristine, 'tree'))
  await copyTree(home, join(pristine, 'home'))
}
