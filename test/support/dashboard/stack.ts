import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { Home } from '../home.ts'
import { startServing } from '../serving.ts'
import { gatedRepository } from './gated-repository.ts'
import { plant } from './planted.ts'

/** What all test files of the browser share: it takes seconds to start and nothing in it gets in another's way. */
export interface DashboardStack {
  url: string
  stateDir: string
  repo: string
  /** Oldest first; the second has a hostile subject. */
  shas: string[]
  /** A file here lets a run, or all runs of a suite, end. */
  gates: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    dashboard: DashboardStack
  }
}

/** Where runs may wait for their gates: more than the machine has cores. */
const SLOTS = '4'
export const STACK_ENV = { COMMIT_SUITE_SLOTS: SLOTS, KUBECONFIG: '/nowhere' }

/** Starts the stack for all files of the tier, and ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await Home.make(STACK_ENV)
  const [repo, gates, served] = await Promise.all([
    gatedRepository(),
    mkdtemp(join(tmpdir(), 'cs-gates-')),
    startServing(home),
  ])
  const end = async (): Promise<void> => {
    await served.stop()
    await home.dispose()
    await repo.remove()
    await rm(gates, { recursive: true, force: true })
  }
  const where = { repo: repo.path, shas: repo.shas, gates }
  try {
    await plant(home, where)
  } catch (error) {
    await end()
    throw error
  }
  project.provide('dashboard', { url: served.url, stateDir: home.config.stateDir, ...where })
  return end
}
