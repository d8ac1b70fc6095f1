import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { PrepareRequest } from '../../executor.ts'
import { type Checkout, checkOut } from '../../git-checkout.ts'
import type { KubernetesPlaces } from '../places.ts'
import type { Pack } from './packs.ts'

const run = promisify(execFile)

export type Source = { ok: true; pack: Pack; dispose(): Promise<void> } | Extract<Checkout, { ok: false }>

/** A checkout of the commit beside an empty HOME, packed as prepared trees are; no credentials, hooks or remotes. */
export async function packSource(
  places: KubernetesPlaces,
  { mirrorPath, sha, workdir }: PrepareRequest,
  signal: AbortSignal,
): Promise<Source> {
  const folder = join(places.scratch, `${sha}-${randomUUID()}`)
  const dispose = () => rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'home'), { recursive: true, mode: 0o700 })
  try {
    const tree = join(folder, 'tree')
    const checkout = await checkOut(mirrorPath, sha, tree, signal)
    const failure = checkout.ok ? await missingWorkdir(tree, workdir) : checkout
    if (failure !== undefined) {
      await dispose()
      return failure
    }
    const path = join(folder, 'source.tgz')
    await run('tar', ['-C', folder, '--owner=0', '--group=0', '-czf', path, 'tree', 'home'], { signal })
    return { ok: true, pack: { path, sizeBytes: (await stat(path)).size }, dispose }
  } catch (error) {
    await dispose()
    signal.throwIfAborted()
    if (error instanceof CommitSuiteError) throw error
    throw new CommitSuiteError('environment_lost', `The checkout could not be packed: ${String(error)}`)
  }
}

async function missingWorkdir(tree: string, workdir: string): Promise<Extract<Checkout, { ok: false }> | undefined> {
  const found = await stat(join(tree, workdir)).catch(() => undefined)
  if (found?.isDirectory() === true) return undefined
  const output = `The commit has no folder ${JSON.stringify(workdir)} to work in.`
  return { ok: false, command: `cd ${workdir}`, exitCode: 1, output }
}
