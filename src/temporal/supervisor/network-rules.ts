import { createHash } from 'node:crypto'
import type { Config } from '../../config.ts'

/** Tells apart what workers let requests from the network do; nobody who starts no gateway asks for it. */
export function networkRulesId({ allowedRepos, allowedAddresses, allowedSecrets }: Config): string {
  const rules = JSON.stringify([allowedRepos, allowedAddresses, allowedSecrets])
  return createHash('sha256').update(rules).digest('hex').slice(0, 16)
}
