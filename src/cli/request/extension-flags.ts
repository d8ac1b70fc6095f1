import { CommitSuiteError, type ExtensionRequest, invalidInput, LIMITS, parseExtension } from '../../contract/index.ts'

/** What commander hands over for the options of `extend` that say by what. */
export interface ExtensionFlags {
  runs?: string | undefined
  seeds?: string | undefined
  errors?: boolean | undefined
  number?: string | undefined
}

export interface AskedExtension {
  extension: ExtensionRequest
  /** Undefined: the next one. */
  number: number | undefined
}

const WHOLE = /^\s*\d{1,15}\s*$/

function wholeNumber(flag: string, text: string, most: number): number {
  const value = Number(text)
  if (WHOLE.test(text) && value >= 1 && value <= most) return value
  throw invalidInput(flag, text, `must be a whole number from 1 to ${most.toLocaleString('en')}`)
}

/** Throws `invalid_input` naming the option. */
export function extensionOfFlags(flags: ExtensionFlags): AskedExtension {
  const { runs, seeds, errors, number } = flags
  if (runs === undefined && seeds === undefined && errors !== true) {
    throw new CommitSuiteError(
      'invalid_input',
      'extend: say by what. Add runs with --runs N, repeat those that ended error or cancelled with --errors, or both.',
    )
  }
  const asked = {
    ...(runs === undefined ? {} : { runs: wholeNumber('--runs', runs, LIMITS.runsPerCommit) }),
    ...(seeds === undefined ? {} : { seeds: seeds.split(',').map(seedOf) }),
    ...(errors === undefined ? {} : { errors }),
  }
  parseExtension(asked)
  return {
    extension: asked,
    number: number === undefined ? undefined : wholeNumber('--number', number, LIMITS.runsPerSuite),
  }
}

const seedOf = (text: string): number => wholeNumber('--seeds', text, LIMITS.largestSeed)

const FLAGS: Record<string, string> = {
  runs: '--runs',
  seeds: '--seeds',
  errors: '--errors',
  number: '--number',
  suite: 'ID',
}

/** A complaint that names a field of an extension, as the worker makes them, reworded to name the option. */
export function namedAsFlag(error: CommitSuiteError): CommitSuiteError {
  const [, field = '', rest = ''] = /^([a-z]+)(: .*)$/s.exec(error.message) ?? []
  const flag = FLAGS[field]
  if (flag === undefined) return error
  return new CommitSuiteError(error.code, flag + rest, { ...error.detail, field: flag }, { cause: error })
}
