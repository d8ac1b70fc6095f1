import type { SuiteRequest } from '../../contract/index.ts'

/**
 * What a configuration file may say: the options of `run` in camelCase. Only what the file says is set;
 * defaults come later.
 */
export interface FileOptions extends Omit<SuiteRequest, 'repo' | 'session'> {
  repo?: string | undefined
  /** HTTP address of the gateway to use instead of this machine's own stack. */
  gatewayUrl?: string | undefined
  junit?: string | undefined
  output?: string | undefined
  detach?: boolean | undefined
  follow?: boolean | undefined
  json?: boolean | undefined
}
