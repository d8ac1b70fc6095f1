import { type CommitSuiteError, invalidInput } from '../../contract/index.ts'
import type { FileOptions } from '../config-file/options.ts'
import type { RawRequest } from './parse-flags.ts'

/** How a suite is shown, as files may say too. */
export type PresentationOptions = Pick<FileOptions, 'junit' | 'output' | 'detach' | 'follow' | 'json'>

const noGateway = (url: string): CommitSuiteError =>
  invalidInput(
    '--config',
    url,
    'names a gateway, and this version works with its own stack only',
    'Leave the address out of the file to run here.',
    'not_supported',
  )

/** Tells what a suite is from how it is shown. Throws `not_supported` for a file that names a gateway. */
export function splitFileOptions(options: FileOptions): { request: RawRequest; presentation: PresentationOptions } {
  const { gatewayUrl, junit, output, detach, follow, json, ...request } = options
  if (gatewayUrl !== undefined) throw noGateway(gatewayUrl)
  return { request, presentation: { junit, output, detach, follow, json } }
}
