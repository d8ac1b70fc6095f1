import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openStore } from '../../../src/store/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { suiteSpec } from './samples.ts'

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'commit-suite-store-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export async function temporaryStore(): Promise<{ store: Store; stateDir: string; artifactsDir: string }> {
  const stateDir = await temporaryDirectory()
  const artifactsDir = join(stateDir, 'artifacts')
  const store = await openStore({ stateDir, artifactsDir })
  onTestFinished(() => store.close())
  return { store, stateDir, artifactsDir }
}

export async function storeWithSuite(id = 's-1', seeds: number[] = [11, 22, 33]) {
  const opened = await temporaryStore()
  await opened.store.suites.create({ spec: suiteSpec(id), requestDigest: 'digest', seeds })
  return opened
}
