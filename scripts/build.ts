import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { execa } from 'execa'

/**
 * Makes `dist/`, what the package runs: Node strips no types below node_modules, so that TypeScript has to be
 * compiled for an installed package. Folders keep their places under dist/; paths between them stay the same.
 */
await rm('dist', { recursive: true, force: true })
await execa('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  preferLocal: true,
  stdio: 'inherit',
})
