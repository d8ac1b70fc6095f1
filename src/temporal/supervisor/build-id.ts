import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of our package.json. */
function packageRoot(folder: string): string {
  try {
    statSync(join(folder, 'package.json'))
    return folder
  } catch {
    return dirname(folder) === folder ? folder : packageRoot(dirname(folder))
  }
}

function addFolder(hash: ReturnType<typeof createHash>, folder: string): void {
  let entries: string[]
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return
  }
  for (const entry of entries.sort()) {
    const stat = statSync(join(folder, entry), { throwIfNoEntry: false })
    if (stat?.isFile() === true) hash.update(`${entry}:${stat.size}:${stat.mtimeMs}\n`)
  }
}

/** Tells builds apart: another version, or another size or time of a file of the program. */
export function buildId(): string {
  const here = fileURLToPath(import.meta.url)
  const root = packageRoot(dirname(here))
  const hash = createHash('sha256').update(readFileSync(join(root, 'package.json')))
  const folders = here.startsWith(join(root, 'dist')) ? ['dist'] : ['src', 'workflows', 'activities']
  for (const folder of folders) addFolder(hash, join(root, folder))
  return hash.digest('hex').slice(0, 16)
}
