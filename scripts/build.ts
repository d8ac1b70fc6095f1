import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { execa } from 'execa'
import { buildWorkflowBundle } from '../src/temporal/bundle.ts'

/**
 * Makes `dist/`, what the package runs: Node strips no types below node_modules, so that TypeScript has to be
 * compiled for an installed package. Folders keep their places under dist/; paths between them stay the same.
 * The bundle of the workflows comes ready-made, which spares users the seconds that webpack takes.
 */
await rm('dist', { recursive: true, force: true })
const TSC = 'node_modules/typescript/bin/tsc'
const { exitCode } = await execa('node', [TSC, '-p', 'tsconfig.build.json'], {
  preferLocal: true,
  stdio: 'inherit',
  reject: false,
})
if (exitCode === 0) await buildWorkflowBundle(resolve('dist/workflow-bundle.js'))
else process.exitCode = 1
