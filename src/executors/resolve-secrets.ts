import { CommitSuiteError } from '../contract/index.ts'
import type { SecretSource } from './executor.ts'

/** Values of a suite's secret variables. Throws `secret_not_set` naming a missing one and what to do. */
export function resolveSecrets(suite: string, names: readonly string[], secrets: SecretSource): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = secrets.valueOf(suite, name)
      if (value !== undefined) return [name, value]
      const rule = 'is not known to the worker (values are kept in memory only, and a restart forgets them)'
      const remedy = `Run \`commit-suite watch ${suite}\` in an environment that has ${name}.`
      throw new CommitSuiteError('secret_not_set', `${name}: ${rule}. ${remedy}`, { field: name, rule, remedy })
    }),
  )
}
