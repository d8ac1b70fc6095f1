import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { laneTag, newWorkspace, type Places, workspacePlaces } from './places.ts'

const laneSchema = z.object({ name: z.string(), suite: z.string(), sha: z.string(), treeKey: z.string() })

/** Whose workspace a folder is. `name` is that of the run, as the runner knows it. */
export type WorkspaceOwner = z.infer<typeof laneSchema>

/**
 * Makes the folder of one process tree: status, output, private writes and TMPDIR. Synchronous, like all small file
 * work that every run needs: handing it to a thread costs more than doing it.
 */
export function makeWorkspace(places: Places, owner: WorkspaceOwner): string {
  const workspace = newWorkspace(places, owner)
  mkdirSync(workspacePlaces(workspace).tmp, { recursive: true, mode: 0o700 })
  writeFileSync(workspacePlaces(workspace).lane, JSON.stringify(owner))
  return workspace
}

/** A workspace with this file stays until `gc`. */
const KEPT_FILE = 'kept'

/** Marks a workspace as kept for people to look at. */
export const keepWorkspace = (workspace: string): Promise<void> => writeFile(join(workspace, KEPT_FILE), '')

/** Folders of a lane's workspaces that are not kept, those included that a crash left without an owner's name. */
export async function laneWorkspaces(places: Places, suite: string, sha: string): Promise<string[]> {
  const names = await readdir(places.runs).catch(() => [])
  const own = names.filter((name) => name.startsWith(laneTag(suite, sha))).map((name) => join(places.runs, name))
  return own.filter((workspace) => !existsSync(join(workspace, KEPT_FILE)))
}

/** All workspaces on this host whose owner can be read. */
export async function listWorkspaces(
  places: Places,
): Promise<{ workspace: string; owner: WorkspaceOwner; kept: boolean }[]> {
  const names = await readdir(places.runs).catch(() => [])
  const found = await Promise.all(
    names.map(async (name) => {
      const workspace = join(places.runs, name)
      const owner = await readOwner(workspace)
      return owner === undefined ? [] : [{ workspace, owner, kept: existsSync(join(workspace, KEPT_FILE)) }]
    }),
  )
  return found.flat()
}

/** Whose workspace this is; undefined where it is none. */
export async function readOwner(workspace: string): Promise<WorkspaceOwner | undefined> {
  const text = await readFile(workspacePlaces(workspace).lane, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : laneSchema.safeParse(JSON.parse(text)).data
}

/** Whether the run left nothing in its layer and in TMPDIR: then removing the workspace is a dozen calls. */
function isUntouched(workspace: string): boolean {
  const { layer, tmp } = workspacePlaces(workspace)
  try {
    return readdirSync(tmp).length === 0 && readdirSync(layer).length === 0
  } catch {
    return false
  }
}

/** Removes a workspace; at once where the run left nothing in it, else without holding up the worker. */
export async function removeWorkspaceFolder(workspace: string): Promise<void> {
  if (!isUntouched(workspace)) return removeFolder(workspace)
  try {
    rmSync(workspace, { recursive: true, force: true })
  } catch {
    await removeFolder(workspace)
  }
}

/** Removes a folder whatever modes a test gave to what is in it. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    await openFolders(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function openFolders(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return
  await chmod(folder, 0o700)
  const entries = await readdir(folder, { withFileTypes: true })
  await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => openFolders(join(folder, entry.name))),
  )
}
