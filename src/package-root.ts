import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Absolute folder of our own package.json, with `templates/` beside it. The same from the sources
 * (`src/package-root.ts`) and from the packed package (`dist/src/package-root.js`).
 */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url))
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'templates'))) return folder
    if (folder === dirname(folder)) throw new Error(`no package.json with templates/ beside it above ${start}`)
  }
}
