import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { WorkerDeploymentOptions } from '@temporalio/worker'
import { packageVersion } from '../package-version.ts'
import type { FleetConfig } from '../worker-config.ts'

/** Enough to tell the workflow code of two builds of one version apart. */
const DIGITS = 12

/**
 * The version that a worker announces, for those of the queue `commit-suite` alone. Workflows of an older version go on
 * with this one once it is current (ADR 0023): our histories replay with every later version. The build id is, unless
 * given, our version and a digest of the workflow code.
 */
export async function workerVersion(
  deployment: FleetConfig['deployment'],
  bundlePath: string,
): Promise<WorkerDeploymentOptions | undefined> {
  if (deployment === undefined) return undefined
  const { name, buildId = `${packageVersion()}-${await digestOf(bundlePath)}` } = deployment
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  }
}

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
    .slice(0, DIGITS)
}
