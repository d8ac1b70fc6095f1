import { fileURLToPath } from 'node:url'

/** Path of a module beside the caller's: TypeScript when run from source, JavaScript when built. */
export function siblingModule(importMetaUrl: string, name: string): string {
  const extension = importMetaUrl.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./${name}.${extension}`, importMetaUrl))
}
