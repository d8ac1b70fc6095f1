import { statSync } from 'node:fs'
import { join } from 'node:path'

/** Names under which tools keep credentials, wherever they lie at the top of something that is shown. */
const CREDENTIALS = [
  ...['.netrc', '_netrc', '.npmrc', '.yarnrc', '.yarnrc.yml', '.ssh', '.aws', '.azure', '.gnupg', '.config', '.docker'],
  ...['.git-credentials', '.gitconfig', '.pypirc', '.kube', '.env', '.password-store', 'credentials', 'pip.conf'],
  ...['credentials.toml', '.credentials', 'etc/npmrc', 'etc/pip.conf', '.git/config'],
]

/** Credential files and folders below the roots that are shown; they get covered. */
export function credentialsBelow(roots: readonly string[]): { path: string; kind: 'directory' | 'file' }[] {
  return roots.flatMap((root) =>
    CREDENTIALS.map((name) => join(root, name)).flatMap((path) => {
      const stat = statSync(path, { throwIfNoEntry: false })
      if (stat === undefined) return []
      return [{ path, kind: stat.isDirectory() ? ('directory' as const) : ('file' as const) }]
    }),
  )
}
