import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { folderSizeBytes } from '../../process/folder-size.ts'
import type { EnvironmentAccess, EnvironmentState, Holding } from '../environment-access.ts'
import { heldFor } from '../spending.ts'
import { removeWorkspace } from './launch-run.ts'
import { type Places, placesIn } from './places.ts'
import { listSessions, removeSession, type SessionOnDisk } from './sessions.ts'
import { listWorkspaces, type WorkspaceOwner } from './workspace.ts'

/** Of a suite on record, its repository; undefined of others. */
type RepositoryOf = (suite: string) => Promise<string | undefined>

/**
 * What the local executor has on this machine for people to look at: workspaces of runs, those kept on purpose among
 * them, and sessions. Prepared trees are shared, and left to `gc`.
 */
export function localEnvironments(stateDir: string, repositoryOf: RepositoryOf): EnvironmentAccess {
  const places = placesIn(stateDir)
  return {
    place: hostname(),
    async list() {
      const now = new Date()
      const [workspaces, sessions] = await Promise.all([listWorkspaces(places), listSessions(places)])
      const found = await Promise.all([
        ...workspaces.map((one) => stateOfWorkspace(one, now, repositoryOf)),
        ...sessions.map((one) => stateOfSession(places, one, now)),
      ])
      return found.filter((one) => one !== undefined).sort((a, b) => (a.namespace < b.namespace ? -1 : 1))
    },
    async remove({ namespace, owner }) {
      if (owner.kind === 'session') await removeSession(places, namespace, { expiredOnly: false })
      else await removeWorkspace(join(places.runs, namespace))
    },
    close: async () => undefined,
  }
}

/** Undefined where it went meanwhile. */
async function stateOfWorkspace(
  { workspace, owner, kept }: { workspace: string; owner: WorkspaceOwner; kept: boolean },
  now: Date,
  repositoryOf: RepositoryOf,
): Promise<EnvironmentState | undefined> {
  const made = await stat(workspace).catch(() => undefined)
  if (made === undefined) return undefined
  const { suite, sha } = owner
  const repo = (await repositoryOf(suite)) ?? ''
  return {
    ...folderState(made.birthtime, await sizeOf(workspace), now),
    namespace: basename(workspace),
    owner: { kind: 'lane', suite, sha, repo },
    expiresAt: undefined,
    phase: kept ? 'Kept' : 'Active',
    suites: [suite],
  }
}

async function stateOfSession(
  places: Places,
  { name, owner: { chat, user, key, createdAt, expiresAt, last } }: SessionOnDisk,
  now: Date,
): Promise<EnvironmentState> {
  return {
    ...folderState(new Date(createdAt), await sizeOf(join(places.sessions, name)), now),
    namespace: name,
    owner: { kind: 'session', session: { chat, user, key } },
    expiresAt: new Date(expiresAt),
    phase: 'Active',
    suites: last === null ? [] : [last.suite],
  }
}

const sizeOf = async (folder: string): Promise<Holding> => ({
  ...{ cpuMillis: 0, memoryBytes: 0 },
  diskBytes: await folderSizeBytes(folder),
})

/** A folder holds nothing but disk, and counts as if it had had its size all the time. */
const folderState = (createdAt: Date, holding: Holding, now: Date) => ({
  ...{ createdAt, holding, pods: 0, heldBy: [] },
  spent: heldFor(holding, now.getTime() - createdAt.getTime()),
})
