import { hindrances as hindrancesOf } from '../../progress/hindrances.ts'
import type { SuiteProgress } from '../../progress/state.ts'
import { safeLine } from '../terminal-safe.ts'

/** What keeps a suite from going on, as lines for a terminal: the words are of nodes, clusters and tests. */
export const hindrances = (state: SuiteProgress): string[] => hindrancesOf(state).map(safeLine)
