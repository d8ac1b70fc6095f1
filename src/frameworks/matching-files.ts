import type { TreeReader } from './framework.ts'

/** Enough to recognise a framework; a commit with a million test files must not be read whole. */
const MOST_FILES = 40

/** Contents of the first files in `folders` (and one level below) whose name matches; unreadable ones are left out. */
export async function matchingFiles(files: TreeReader, folders: readonly string[], name: RegExp): Promise<string[]> {
  const paths: string[] = []
  for (const folder of folders) {
    const entries = await files.list(folder)
    paths.push(...pick(folder, entries, name))
    if (folder === '') continue
    for (const inner of entries.filter((entry) => entry.endsWith('/')).slice(0, MOST_FILES)) {
      if (paths.length >= MOST_FILES) break
      const below = join(folder, inner.slice(0, -1))
      paths.push(...pick(below, await files.list(below), name))
    }
  }
  const contents = await Promise.all([...new Set(paths)].slice(0, MOST_FILES).map((path) => files.read(path)))
  return contents.filter((text) => text !== undefined)
}

const pick = (folder: string, entries: readonly string[], name: RegExp): string[] =>
  entries
    .filter((entry) => !entry.endsWith('/') && name.test(entry))
    .slice(0, MOST_FILES)
    .map((entry) => join(folder, entry))

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)
