import { logBetaMixture } from '../beta-mixture.ts'
import type { Counts } from './counts.ts'

/** ln m(y, n): one sequence of n runs with y failures, its rate unknown. */
export const logMarginal = ({ failures, runs }: Counts): number => logBetaMixture(failures, runs)
