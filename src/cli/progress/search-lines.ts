import type { Colors } from 'picocolors/types.js'
import type { PlannedBatch, SearchEventData } from '../../contract/index.ts'
import { count, percent, plural } from '../../report/format.ts'
import { safeLine } from '../terminal-safe.ts'
import { cutToWidth } from '../text-format.ts'

type Round = SearchEventData<'search.round'>

const short = (sha: string): string => sha.slice(0, 12)

/** `8 runs at 0123456789ab and 4 at …` */
export function inWords(batches: readonly PlannedBatch[]): string {
  return batches
    .map(({ sha, runs }, index) => `${index === 0 ? plural(runs, 'run') : count(runs)} at ${short(sha)}`)
    .join(', ')
}

/** What a round has run, in one line. */
function ranLine({ ran }: Round): string {
  return ran
    .map(({ sha, runs, failures, reason }) =>
      reason === null
        ? `${count(failures)} of ${plural(runs, 'run')} failed at ${short(sha)}`
        : `nothing at ${short(sha)} (${safeLine(reason)})`,
    )
    .join(', ')
}

const plausibleLine = ({ plausible, entropyBits }: Round, commits: number): string =>
  `${count(plausible)} of ${plural(commits, 'commit')} ${plausible === 1 ? 'holds' : 'hold'} 95 % (${entropyBits.toFixed(1)} bits)`

/** One line for files and build servers. */
export function roundLine(round: Round, commits: number): string {
  const suspects = round.candidates.slice(0, 3).map(({ sha, probability }) => `${short(sha)} ${percent(probability)}`)
  const parts = [
    [...suspects, `none ${percent(round.noneProbability)}`].join(', '),
    plausibleLine(round, commits),
    ...(round.next.length === 0 ? [] : [`next: ${inWords(round.next)}`]),
  ]
  return `${headOf(round)}; ${parts.join('; ')}`
}

/** `round 3: 5 of 8 runs failed at 0123456789ab` */
export const headOf = (round: Round): string =>
  round.round === 0 ? 'before the first run' : `round ${round.round}: ${ranLine(round)}`

const BAR = 16
const SHOWN = 5

function bar(probability: number, colors: Colors): string {
  const full = Math.round(probability * BAR)
  return colors.cyan('█'.repeat(full)) + colors.dim('░'.repeat(BAR - full))
}

/** What is known after a round, as a picture of a few lines. */
export function standingLines(
  round: Round,
  commits: number,
  { colors, columns }: { colors: Colors; columns: number },
): string[] {
  const row = (name: string, probability: number, subject: string) =>
    cutToWidth(
      `  ${name.padEnd(12)} ${bar(probability, colors)} ${percent(probability).padStart(7)}  ${safeLine(subject)}`,
      columns,
    )
  return [
    ...round.candidates.slice(0, SHOWN).map(({ sha, probability, subject }) => row(short(sha), probability, subject)),
    row('none', round.noneProbability, ''),
    cutToWidth(`  ${plausibleLine(round, commits)}`, columns),
    ...(round.next.length === 0 ? [] : [cutToWidth(`  running ${inWords(round.next)}`, columns)]),
  ]
}
