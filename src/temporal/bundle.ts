import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { encodedFailures } from './payloads/encryption.ts'

export interface BundleOptions {
  /** Whether workflows write the messages of failures as payloads: the converter is part of the bundle. */
  encodesFailures?: boolean
}

/**
 * Path of the bundle of all workflow code for a worker. An installed package ships it; in the repository it is
 * built once per state of the sources and cached, since webpack takes longer than all the rest of a start.
 */
export async function workflowBundle(cacheDir: string, options: BundleOptions = {}): Promise<string> {
  const kind = options.encodesFailures === true ? '-encoding-failures' : ''
  const shipped = join(packageRoot(), 'dist', `workflow-bundle${kind}.js`)
  const sources = join(packageRoot(), 'workflows')
  if (!existsSync(sources)) return shipped
  const path = join(cacheDir, 'bundles', `${await digestOfSources(sources)}${kind}.js`)
  if (!existsSync(path)) await buildWorkflowBundle(path, options)
  return path
}

/** Builds the bundle and puts it in its place at once, so that a reader sees all of it or nothing. */
export async function buildWorkflowBundle(
  path: string,
  { encodesFailures = false }: BundleOptions = {},
): Promise<void> {
  const { bundleWorkflowCode } = await import('@temporalio/worker')
  const silent = () => undefined
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(packageRoot(), 'workflows', 'index.ts'),
    workflowInterceptorModules: [join(packageRoot(), 'workflows', 'carry-trace.ts')],
    ...(encodesFailures && { failureConverterPath: encodedFailures() }),
    logger: { log: silent, trace: silent, debug: silent, info: silent, warn: console.warn, error: console.error },
  })
  await mkdir(join(path, '..'), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, code)
  await rename(unfinished, path)
}

/** Everything that the bundle is made of: the workflows, the contract they import, and the SDK's version. */
async function digestOfSources(workflows: string): Promise<string> {
  const hash = createHash('sha256')
  const folders = [workflows, join(packageRoot(), 'src', 'contract')]
  for (const folder of folders) {
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort()) {
      hash.update(`${name}\0`).update(await readFile(join(folder, name)))
    }
  }
  const manifest = createRequire(import.meta.url).resolve('@temporalio/worker/package.json')
  hash.update(await readFile(manifest))
  return hash.digest('hex').slice(0, 16)
}
