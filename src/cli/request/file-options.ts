import type { FileOptions } from '../config-file/options.ts'
import type { RawRequest } from './parse-flags.ts'

/** How a suite is shown, as files may say too. */
export type PresentationOptions = Pick<FileOptions, 'junit' | 'output' | 'detach' | 'follow' | 'json'>

/** Tells what a suite is from how it is shown, and from where it is to run. */
export function splitFileOptions(options: FileOptions): {
  request: RawRequest
  presentation: PresentationOptions
  gatewayUrl: string | undefined
} {
  const { gatewayUrl, junit, output, detach, follow, json, ...request } = options
  return { request, presentation: { junit, output, detach, follow, json }, gatewayUrl }
}
