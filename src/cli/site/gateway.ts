import { gatewayAddress } from '../../client/address.ts'
import { invalidInput } from '../../contract/index.ts'
import { type CliContext, note } from '../context.ts'

/** The gateway that a command is to use. */
export interface GatewayPlace {
  url: string
  key: string | undefined
  /** Where the address was given. */
  urlField: string
}

const VARIABLE = 'COMMIT_SUITE_URL'

/**
 * The gateway of COMMIT_SUITE_URL, else of a file; undefined where there is neither. `fromFile` is asked only then. Throws
 * `invalid_input` for an address that cannot be one.
 */
export async function gatewayOf(
  { env, services }: CliContext,
  fromFile: () => Promise<string | undefined> = () => services.userGateway(),
): Promise<GatewayPlace | undefined> {
  const key = env.COMMIT_SUITE_API_KEY || undefined
  const given = env[VARIABLE]
  if (given !== undefined && given !== '') return { url: gatewayAddress(given, VARIABLE), key, urlField: VARIABLE }
  const url = await fromFile()
  return url === undefined ? undefined : { url: gatewayAddress(url, 'gatewayUrl'), key, urlField: 'gatewayUrl' }
}

/** The same where the files of `run` have been read already. The environment comes before files, and says so. */
export async function gatewayOfRun(context: CliContext, named: string | undefined): Promise<GatewayPlace | undefined> {
  const place = await gatewayOf(context, async () => named)
  if (place?.urlField === VARIABLE && named !== undefined && gatewayAddress(named, 'gatewayUrl') !== place.url) {
    note(context, `warning: the gateway of ${VARIABLE} is used, not the one that the file names`)
  }
  return place
}

/** For commands about this machine. Throws `not_supported` where a gateway is to be used. */
export function requireOwnMachine({ env }: CliContext, command: string): void {
  const url = env[VARIABLE]
  if (url === undefined || url === '') return
  const rule = `commit-suite ${command} is about this machine, not about a gateway`
  throw invalidInput(
    VARIABLE,
    gatewayAddress(url, VARIABLE),
    rule,
    `Unset ${VARIABLE} to use it here.`,
    'not_supported',
  )
}
