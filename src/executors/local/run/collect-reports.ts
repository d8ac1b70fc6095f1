import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import picomatch from 'picomatch'
import type { CollectedFile } from '../../executor.ts'

const MOST_FILES = 100
const MOST_BYTES = 50 * 1024 * 1024
/** Folders and files looked at: a hostile tree must not keep the worker busy for ever. */
const MOST_ENTRIES = 200_000

interface Found {
  name: string
  path: string
}

/** Regular files below `folder`, symbolic links never followed, nearest first. */
async function findMatches(folder: string, matches: (name: string) => boolean): Promise<Found[]> {
  const found: Found[] = []
  const folders = ['']
  let seen = 0
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    const entries = await readdir(join(folder, next), { withFileTypes: true }).catch(() => [])
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (++seen > MOST_ENTRIES) return found
      const name = next === '' ? entry.name : `${next}/${entry.name}`
      if (entry.isDirectory() && name !== '.git') folders.push(name)
      else if (entry.isFile() && matches(name)) found.push({ name, path: join(folder, name) })
    }
  }
  return found
}

/** A full copy holds the prepared files too; those the run left as they were are no reports of it. */
async function isUnchanged(path: string, preparedPath: string): Promise<boolean> {
  const [now, before] = await Promise.all([lstat(path), lstat(preparedPath).catch(() => undefined)])
  return before?.isFile() === true && before.mtimeMs === now.mtimeMs && before.size === now.size
}

async function copyOut(from: FileHandle, to: string, sizeBytes: number): Promise<void> {
  if (sizeBytes === 0) return void (await (await open(to, 'wx', 0o600)).close())
  const target = await open(to, 'wx', 0o600)
  await pipeline(from.createReadStream({ autoClose: false, start: 0, end: sizeBytes - 1 }), target.createWriteStream())
}

/**
 * Copies the files that the run wrote and that match one of the globs out of its private layer: at most 100
 * files and 50 MiB together; those that do not fit are named in `leftOut`. `written` is the layer's working directory, `prepared` the same
 * folder of the prepared tree. The processes of the run are gone, so that nothing changes meanwhile.
 */
export async function collectReports(
  globs: string[],
  written: string,
  prepared: string,
  target: string,
): Promise<{ files: CollectedFile[]; leftOut: string[] }> {
  if (globs.length === 0) return { files: [], leftOut: [] }
  const matches = picomatch(
    globs.map((glob) => glob.replace(/^\.\//, '')),
    { dot: true },
  )
  const files: CollectedFile[] = []
  const leftOut: string[] = []
  let leftBytes = MOST_BYTES
  await mkdir(target, { recursive: true, mode: 0o700 })
  for (const { name, path } of await findMatches(written, matches)) {
    if (files.length + leftOut.length === MOST_FILES) break
    if (await isUnchanged(path, join(prepared, name))) continue
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
      () => undefined,
    )
    if (file === undefined) continue
    try {
      const info = await file.stat()
      if (!info.isFile()) continue
      if (info.size > leftBytes) {
        leftOut.push(name)
        continue
      }
      const copy = join(target, String(files.length))
      await copyOut(file, copy, info.size)
      leftBytes -= info.size
      files.push({ name, path: copy, sizeBytes: info.size })
    } finally {
      await file.close()
    }
  }
  return { files, leftOut }
}
