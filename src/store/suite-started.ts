import { DEFAULT_CONFIDENCE, type SuiteEventData, type SuiteSpec } from '../contract/index.ts'

/** What the event of a suite's start says of it, at first and with every extension. */
export const startedData = (spec: SuiteSpec): SuiteEventData<'suite.started'> => {
  const { repo, runs, parallelism, seed, until, confidence = DEFAULT_CONFIDENCE } = spec
  return { repo, runs, parallelism, seed, ...(until === undefined ? {} : { until, confidence }) }
}
