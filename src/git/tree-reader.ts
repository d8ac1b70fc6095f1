import { SHA_PATTERN } from '../contract/index.ts'
import type { TreeReader } from '../frameworks/framework.ts'
import { gitEnvironment } from './git-environment.ts'
import type { Mirror } from './mirror-repository.ts'
import { runGit } from './run-git.ts'

interface TreeEntry {
  kind: 'file' | 'folder'
  objectId: string
  sizeBytes: number
}
type Folder = Map<string, TreeEntry>

const LARGEST_FILE_BYTES = 1024 * 1024
const FILE_MODES = new Set(['100644', '100755'])
const FOLDER_MODE = '040000'

/**
 * Reads the files of a commit straight from the mirror, without a checkout; folders are read once and remembered.
 * Symbolic links and submodules are not followed and count as absent, as do paths with `..`.
 */
export function mirrorTreeReader(mirror: Mirror, sha: string): TreeReader {
  if (!SHA_PATTERN.test(sha)) throw new TypeError(`not a full commit id: ${JSON.stringify(sha)}`)
  const folders = new Map<string, Promise<Folder>>()
  const folder = (path: string): Promise<Folder> => {
    const known = folders.get(path) ?? listFolder(mirror, sha, path)
    folders.set(path, known)
    return known
  }
  const entry = async (parts: readonly string[]): Promise<TreeEntry | undefined> =>
    (await folder(parts.slice(0, -1).join('/'))).get(parts.at(-1) ?? '')
  return {
    async read(path) {
      const parts = partsOf(path)
      const found = parts === undefined || parts.length === 0 ? undefined : await entry(parts)
      if (found?.kind !== 'file' || found.sizeBytes > LARGEST_FILE_BYTES) return undefined
      return readBlob(mirror, found.objectId)
    },
    async exists(path) {
      const parts = partsOf(path)
      return parts !== undefined && (parts.length === 0 || (await entry(parts)) !== undefined)
    },
    async list(path) {
      const parts = partsOf(path)
      if (parts === undefined) return []
      return [...(await folder(parts.join('/')))].map(([name, { kind }]) => (kind === 'folder' ? `${name}/` : name))
    },
  }
}

function partsOf(path: string): string[] | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') || path.includes('\0') ? undefined : parts
}

async function listFolder(mirror: Mirror, sha: string, path: string): Promise<Folder> {
  const args = ['--git-dir', mirror.path, 'ls-tree', '-z', '--long', '--end-of-options', `${sha}:${path}`]
  const { stdout } = await runGit(args, { env: gitEnvironment(), cwd: '/' })
  const folder: Folder = new Map()
  for (const line of stdout.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t')
    const [mode = '', , objectId = '', size = ''] = line.slice(0, Math.max(tab, 0)).split(/ +/)
    if (!FILE_MODES.has(mode) && mode !== FOLDER_MODE) continue
    const kind = mode === FOLDER_MODE ? 'folder' : 'file'
    folder.set(line.slice(tab + 1), { kind, objectId, sizeBytes: Number(size) || 0 })
  }
  return folder
}

async function readBlob(mirror: Mirror, objectId: string): Promise<string | undefined> {
  const args = ['--git-dir', mirror.path, 'cat-file', 'blob', objectId]
  const { exitCode, stdout } = await runGit(args, { env: gitEnvironment(), cwd: '/' })
  return exitCode === 0 ? stdout.toString('utf8') : undefined
}
