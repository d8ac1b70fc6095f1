import { rm } from 'node:fs/promises'
import { execa } from 'execa'

/**
 * Makes `dist/`, what the package runs: Node strips no types below node_modules, so that TypeScript has to be
 * compiled for an installed package. Folders keep their places under dist/; paths between them stay the same.
 */
await rm('dist', { recursive: true, force: true })
const TSC = 'node_modules/typescript/bin/tsc'
await execa('node', [TSC, '-p', 'tsconfig.build.json'], { preferLocal: true, stdio: 'inherit' })
