import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CommitSuiteError } from '../contract/index.ts'
import { withLock } from '../process/lock-file.ts'
import { fetchFailure } from './fetch-failure.ts'
import { fetchInto } from './fetch-into.ts'
import { fetchMissing } from './fetch-missing.ts'
import { usablePromisor } from './fetch-promisor.ts'
import type { FetchContext } from './git-fetch.ts'
import { findLocalSource } from './local-source.ts'
import { clearLeftovers } from './mirror-leftovers.ts'
import { createMirror, isSound, type Mirror, markUsed, mirrorsFolder } from './mirror-repository.ts'
import { checkSource, type NetworkAccess } from './network-access.ts'
import { fullShas, hasCommits } from './present-commits.ts'
import { redactRepository } from './redact.ts'
import type { RepositoryRef } from './repository-ref.ts'
import { requireGit } from './required-git.ts'

export type { Mirror }

export interface MirrorLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface EnsureMirrorRequest {
  stateDir: string
  repo: RepositoryRef
  /** The commits asked for, as the user wrote them; where all are full ids already present, nothing is fetched. */
  refs?: readonly string[]
  /** Transports allowed for the remote of a partial clone; `https`, `ssh` and `file` by default. */
  transports?: readonly string[]
  /** Holds a request that came over the network to what it may reach; checked each time, whatever is mirrored. */
  network?: NetworkAccess
  signal: AbortSignal
  /** Called about once a second while this waits or works. */
  heartbeat(details?: unknown): void
  log: MirrorLog
}

const HEARTBEAT_MS = 1000

/**
 * Brings the mirror of a repository up to date and returns it: `<stateDir>/mirrors/<16 hex digits>.git`, one per
 * repository, shared by all suites. Only one process writes it at a time; a fetch that began after this call was made
 * serves this call too. What a crash left half-made is made anew. The repository itself is only read.
 * Errors, all with field `repo`: `repo_not_found`, `repo_empty`, `repo_not_allowed`, `address_not_allowed`,
 * `fetch_failed` (retryable).
 */
export async function ensureMirror(request: EnsureMirrorRequest): Promise<Mirror> {
  const askedAtMs = Date.now()
  const beat = setInterval(() => request.heartbeat({ step: 'mirror' }), HEARTBEAT_MS)
  try {
    const context = await describeFetch(request)
    await mkdir(dirname(context.mirror), { recursive: true })
    return await withLock(`${context.mirror}.lock`, request.signal, async () => {
      const mirror = await refresh(context, request, askedAtMs)
      await markUsed(mirror.path)
      return mirror
    })
  } finally {
    clearInterval(beat)
  }
}

async function describeFetch(request: EnsureMirrorRequest): Promise<FetchContext> {
  const { repo, network, signal } = request
  await requireGit()
  const { source, connections } =
    network === undefined ? await ownSource(repo, signal) : await checkSource(repo.url, network, signal)
  const from = source?.root ?? repo.url
  const key = createHash('sha256').update(from).digest('hex').slice(0, 16)
  const context: FetchContext = {
    mirror: join(mirrorsFolder(request.stateDir), `${key}.git`),
    from,
    source,
    transports: repo.kind === 'local' ? ['file'] : [repo.transport],
    promisorTransports: request.transports ?? ['https', 'ssh', 'file'],
    network,
    connections,
    signal,
  }
  const { promisorUrl } = source ?? {}
  // What was fetched from it for others is not for this request where its rules say no.
  const mustCheck = network !== undefined && promisorUrl !== undefined
  return mustCheck ? { ...context, promisor: await usablePromisor(context, promisorUrl) } : context
}

async function ownSource(repo: RepositoryRef, signal: AbortSignal) {
  return { source: repo.kind === 'local' ? await findLocalSource(repo.path, signal) : undefined, connections: [] }
}

async function refresh(context: FetchContext, request: EnsureMirrorRequest, askedAtMs: number): Promise<Mirror> {
  await clearLeftovers(context.mirror)
  const mirror = { path: context.mirror }
  const asked = request.refs?.flatMap((entry) => entry.split(','))
  const wanted = fullShas(asked ?? [])
  const sound = await isSound(context.mirror)
  const onlyShas = wanted.length === asked?.length
  if (sound && onlyShas && (await hasCommits(mirror, wanted))) return mirror
  if (!sound || (await lastFetchBeganMs(context.mirror)) <= askedAtMs) {
    await fetchOrRebuild(context, request.log, sound)
  }
  await fetchMissing(context, request.refs ?? [])
  return mirror
}

async function fetchOrRebuild(context: FetchContext, log: MirrorLog, sound: boolean): Promise<void> {
  const repo = redactRepository(context.from)
  if (sound) {
    const beganMs = Date.now()
    const outcome = await fetchInto(context, context.mirror)
    if (outcome.ok) return await stamp(context.mirror, beganMs)
    const failure = fetchFailure(context.from, outcome.stderr)
    if (!/lock|corrupt|bad object|missing|not a git repository|did not send all|unable to read/i.test(outcome.stderr)) {
      throw failure
    }
    log.warn({ repo, mirror: context.mirror, cause: failure.message }, 'mirror is damaged and is made anew')
  }
  await rebuild(context)
  log.info({ repo, mirror: context.mirror }, 'mirror made')
}

/** Makes the mirror beside its place and moves it there when it is whole. */
async function rebuild(context: FetchContext): Promise<void> {
  const draft = `${context.mirror}.draft-${process.pid}`
  try {
    const beganMs = Date.now()
    await createMirror(draft, context.signal)
    const outcome = await fetchInto(context, draft)
    if (!outcome.ok) throw fetchFailure(context.from, outcome.stderr)
    await stamp(draft, beganMs)
    const old = `${context.mirror}.old-${process.pid}`
    await rename(context.mirror, old).catch(ignoreMissing)
    await rename(draft, context.mirror)
    await rm(old, { recursive: true, force: true })
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error instanceof Error && 'code' in error && error.code === 'ENOSPC'
      ? new CommitSuiteError('fetch_failed', `No space left for the mirror ${context.mirror}.`, { field: 'repo' })
      : error
  }
}

const STAMP = 'commit-suite-fetch-began'

const stamp = async (mirror: string, beganMs: number): Promise<void> => {
  await writeFile(join(mirror, STAMP), String(beganMs))
}

/** When the last finished fetch began, in ms since 1970; 0 where none is on record. */
async function lastFetchBeganMs(mirror: string): Promise<number> {
  const text = await readFile(join(mirror, STAMP), 'utf8').catch(() => '')
  const beganMs = Number(text)
  // A stamp from the future comes from a clock set back: it proves nothing.
  return Number.isFinite(beganMs) && beganMs <= Date.now() ? beganMs : 0
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
