import { cp, glob, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { buildWorkflowBundle } from '../src/temporal/bundle.ts'
import { makeSbom } from './sbom.ts'

/**
 * Makes `dist/`, what the package runs: Node strips no types below node_modules, so that TypeScript has to be
 * compiled for an installed package. Folders keep their places under dist/; paths between them stay the same.
 * The shell scripts that the executors run lie beside the code that reads them.
 * The dashboard is built too, from what is not in the package.
 * The bundles of the workflows come ready-made, which spares users the seconds that webpack takes.
 * `sbom.cdx.json` lists all that is installed with the package.
 */
await rm('dist', { recursive: true, force: true })
const TSC = 'node_modules/typescript/bin/tsc'
const { exitCode } = await execa('node', [TSC, '-p', 'tsconfig.build.json'], {
  preferLocal: true,
  stdio: 'inherit',
  reject: false,
})
if (exitCode === 0) {
  for await (const script of glob('src/**/*.sh')) await cp(script, join('dist', script))
  await buildWorkflowBundle(resolve('dist/workflow-bundle.js'))
  await buildWorkflowBundle(resolve('dist/workflow-bundle-encoding-failures.js'), { encodesFailures: true })
  await writeFile('dist/sbom.cdx.json', `${JSON.stringify(await makeSbom(), null, 2)}\n`)
  await execa('node', ['scripts/build-dashboard.ts', 'dist/dashboard'], { stdio: 'inherit' })
} else process.exitCode = 1
