export type ReportFormat = 'junit' | 'go' | 'tap' | 'jest'

/** Enough to tell what a file is. */
const BEGINNING_BYTES = 4096

/** What a report seems to be, by its first bytes; undefined where it is none that is known. */
export function formatOf(bytes: Uint8Array): ReportFormat | undefined {
  const beginning = Buffer.from(bytes.subarray(0, BEGINNING_BYTES)).toString('latin1').replaceAll('\0', '')
  if (/^\s*(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?\s*</.test(beginning)) return 'junit'
  if (/^\s*\{/.test(beginning) && !GO_EVENT.test(beginning))
    return /"num\w*Test\w*":/.test(beginning) ? 'jest' : undefined
  return formatOfOutput(bytes)
}

const GO_EVENT = /^\{"(?:[^\n]*,")?Action":"/m
const TAP_VERSION = /^(?:TAP version 1[34])\s*$/m
const TAP_PLAN = /^1\.\.\d+(?:\s|$)/m
const TAP_POINT = /^(?:not )?ok \d+/m

/** Output before the first line of a report: of a build, of npm. */
const BEFORE_BYTES = 1024 * 1024

/** What the output of a command holds besides whatever else it may hold: lines of `go test -json`, or TAP. */
export function formatOfOutput(bytes: Uint8Array): 'go' | 'tap' | undefined {
  const output = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, BEFORE_BYTES))
  if (output.includes('"Action":"') && GO_EVENT.test(output.toString('latin1'))) return 'go'
  if (!output.includes('ok ') && !output.includes('TAP version')) return undefined
  const text = output.toString('latin1')
  return TAP_VERSION.test(text) || (TAP_PLAN.test(text) && TAP_POINT.test(text)) ? 'tap' : undefined
}
