import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { SessionRef } from '../../contract/index.ts'
import { withLock } from '../../process/lock-file.ts'
import { sessionNames } from '../session-name.ts'
import type { Places } from './places.ts'
import { removeFolder } from './workspace.ts'

/** How long a session stays after its last request. */
const KEPT_MS = 24 * 3_600_000
/** Whoever holds the lock writes one small file. */
const LOCK_WAIT_MS = 30_000

const requestSchema = z.object({ suite: z.string(), sha: z.string() })

const ownerSchema = z.object({
  chat: z.string(),
  user: z.string(),
  /** Name of the API key that asked. */
  key: z.string(),
  projectType: z.string(),
  /** What made it: the same request, asked again after a crash, still made it. */
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  lastRequestAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** The last commit that was tested; its workspace lies beside this file. */
  last: requestSchema.nullable(),
})
type Owner = z.infer<typeof ownerSchema>

export interface SessionTouch {
  session: SessionRef
  projectType: string
  createdBy: string
  last: z.infer<typeof requestSchema> | null
}

const ownerFile = (places: Places, name: string): string => join(places.sessions, name, 'owner.json')
const lockOf = (places: Places): string => join(places.stateDir, 'locks', 'sessions.lock')

const isOf = (owner: Owner, { chat, user, key }: SessionRef): boolean =>
  owner.chat === chat && owner.user === user && owner.key === key
const isExpired = (owner: Owner, now: number): boolean => Date.parse(owner.expiresAt) <= now

/** Undefined where there is none, or none that can be read. */
async function readOwner(places: Places, name: string): Promise<Owner | undefined> {
  const text = await readFile(ownerFile(places, name), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * Makes the folder that stands in for a session's namespace, or adopts the one that is this session's by chat, user
 * and key; a session whose plain name another one has gets a name with a hash. What expired is made anew.
 */
export async function ensureSession(
  places: Places,
  { session, projectType, createdBy, last }: SessionTouch,
  signal: AbortSignal,
): Promise<{ namespace: string; existed: boolean }> {
  return await withLock(lockOf(places), signal, async () => {
    const nowMs = Date.now()
    const at = new Date(nowMs).toISOString()
    const expiresAt = new Date(nowMs + KEPT_MS).toISOString()
    const { name, owner } = await choose(places, session, nowMs)
    if (owner !== undefined) {
      const touched = { ...owner, projectType, lastRequestAt: at, expiresAt, last: last ?? owner.last }
      await writeOwner(places, name, touched)
      return { namespace: name, existed: owner.createdBy !== createdBy }
    }
    await removeFolder(join(places.sessions, name))
    const { chat, user, key } = session
    const times = { createdAt: at, lastRequestAt: at, expiresAt }
    await writeOwner(places, name, { chat, user, key, projectType, createdBy, ...times, last })
    return { namespace: name, existed: false }
  })
}

/** The session's own folder, else the first name that is free. */
async function choose(
  places: Places,
  session: SessionRef,
  nowMs: number,
): Promise<{ name: string; owner: Owner | undefined }> {
  const names = sessionNames(session)
  let free: string | undefined
  for (const name of names) {
    const owner = await readOwner(places, name)
    if (owner === undefined || isExpired(owner, nowMs)) free ??= name
    else if (isOf(owner, session)) return { name, owner }
  }
  return { name: free ?? names[0], owner: undefined }
}

async function writeOwner(places: Places, name: string, owner: Owner): Promise<void> {
  const path = ownerFile(places, name)
  await mkdir(join(places.sessions, name), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.part`, `${JSON.stringify(owner, undefined, 2)}\n`)
  await rename(`${path}.part`, path)
}

/** The name of a session's folder; undefined where there is none, or it expired. */
export async function findSession(places: Places, session: SessionRef): Promise<string | undefined> {
  for (const name of sessionNames(session)) {
    const owner = await readOwner(places, name)
    if (owner !== undefined && isOf(owner, session) && !isExpired(owner, Date.now())) return name
  }
  return undefined
}

/**
 * A request of the session ended: its workspace, if one is left, replaces the one before, for people to look at, and
 * the session stays for 24 h from now.
 */
export async function settleSession(
  places: Places,
  session: SessionRef,
  last: { suite: string; sha: string },
  workspace: string | undefined,
): Promise<void> {
  const name = await findSession(places, session)
  if (name === undefined) return
  if (workspace !== undefined) {
    const kept = join(places.sessions, name, 'workspace')
    await removeFolder(kept)
    await rename(workspace, kept)
  }
  const owner = await readOwner(places, name)
  if (owner === undefined) return
  const { projectType, createdBy } = owner
  await ensureSession(places, { session, projectType, createdBy, last }, AbortSignal.timeout(LOCK_WAIT_MS))
}

/** Names of the sessions that may be removed: expired ones, and folders without a readable owner since `before`. */
export async function expiredSessions(places: Places, before: number): Promise<string[]> {
  const names = await readdir(places.sessions).catch(() => [])
  const expired = await Promise.all(
    names.map(async (name) => {
      const owner = await readOwner(places, name)
      if (owner !== undefined) return isExpired(owner, Date.now())
      const { mtimeMs } = await stat(join(places.sessions, name))
      return mtimeMs <= before
    }),
  )
  return names.filter((_, index) => expired[index])
}

export interface SessionOnDisk {
  name: string
  owner: Owner
}

/** Those with a readable owner, expired ones included. */
export async function listSessions(places: Places): Promise<SessionOnDisk[]> {
  const names = await readdir(places.sessions).catch(() => [])
  const found = await Promise.all(names.map(async (name) => ({ name, owner: await readOwner(places, name) })))
  return found.flatMap(({ name, owner }) => (owner === undefined ? [] : [{ name, owner }]))
}

/** Removes a session; with `expiredOnly` not where a request has just come. */
export async function removeSession(
  places: Places,
  name: string,
  { expiredOnly = true }: { expiredOnly?: boolean } = {},
): Promise<boolean> {
  return await withLock(lockOf(places), AbortSignal.timeout(LOCK_WAIT_MS), async () => {
    const owner = await readOwner(places, name)
    if (expiredOnly && owner !== undefined && !isExpired(owner, Date.now())) return false
    await removeFolder(join(places.sessions, name))
    return true
  })
}
