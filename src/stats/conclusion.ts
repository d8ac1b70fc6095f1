import { alwaysValid } from './always-valid.ts'
import type { SprtPath } from './sprt.ts'

/** A test that never passed is called failing once its rate is shown to be at least this. */
const LEAST_FAILING_RATE = 0.8

/** What a followed SPRT says. `no pass seen`: the flaky boundary was reached, whether flaky or broken is open. */
export type Conclusion = 'undecided' | 'no pass seen' | 'passing' | 'flaky' | 'failing'

/**
 * The conclusion from all runs, also those made beyond a decision. `flaky` wherever the flaky boundary was ever
 * reached, after the passing one too: the likelihood ratio reaches it at any time with probability ≤ α (Ville 1939),
 * so that later evidence may correct a `passing` and the error stays as promised.
 *
 * @param level 1 − α of the always-valid interval by which `failing` is shown
 */
export function conclude({ failures, runs, flakyAt, passingAt }: SprtPath, level: number): Conclusion {
  if (flakyAt === null) return passingAt === null ? 'undecided' : 'passing'
  if (failures < runs) return 'flaky'
  return alwaysValid(failures, runs, level).low >= LEAST_FAILING_RATE ? 'failing' : 'no pass seen'
}

/** Whether no further run is needed. */
export function isDecided(conclusion: Conclusion): boolean {
  switch (conclusion) {
    case 'passing':
    case 'flaky':
    case 'failing':
      return true
    case 'undecided':
    case 'no pass seen':
      return false
  }
}
