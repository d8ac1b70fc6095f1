import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import picomatch from 'picomatch'
import { extract } from 'tar-stream'
import type { CollectedFile } from '../../executor.ts'

const MOST_FILES = 100
const MOST_BYTES = 50 * 1024 * 1024

/** The files among those that a run wrote which its reports and artifacts name: at most a hundred. */
export function selectFiles(globs: readonly string[], names: readonly string[]): string[] {
  const matches = picomatch(
    globs.map((glob) => glob.replace(/^\.\//, '')),
    { dot: true },
  )
  return names
    .filter((name) => isPlain(name) && matches(name))
    .toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
    .slice(0, MOST_FILES)
}

const depth = (name: string): number => name.split('/').length
const isPlain = (name: string): boolean => !name.startsWith('/') && !name.split('/').includes('..')

/**
 * Unpacks the selected files into `folder` under names of ours. The archive comes from where the tests ran: only
 * regular files that were asked for are taken, at most 50 MiB together; one that breaks off gives those before that.
 */
export async function unpackFiles(
  archive: Uint8Array,
  selected: readonly string[],
  folder: string,
): Promise<CollectedFile[]> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const collected: CollectedFile[] = []
  try {
    await takeFiles(archive, new Set(selected), folder, collected)
  } catch (error) {
    // Of this host's disk, not of the archive.
    if (error instanceof Error && 'syscall' in error) throw error
  }
  return collected
}

async function takeFiles(
  archive: Uint8Array,
  wanted: Set<string>,
  folder: string,
  collected: CollectedFile[],
): Promise<void> {
  const entries = extract()
  const feeding = pipeline(Readable.from([archive]), entries)
  feeding.catch(() => undefined)
  let leftBytes = MOST_BYTES
  for await (const entry of entries) {
    const { type, size = 0 } = entry.header
    const name = entry.header.name.replace(/^\.\//, '')
    if (type !== 'file' || !wanted.delete(name) || size > leftBytes) {
      entry.resume()
      continue
    }
    const path = join(folder, String(collected.length))
    await pipeline(entry, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    leftBytes -= size
    collected.push({ name, path, sizeBytes: size })
  }
}
