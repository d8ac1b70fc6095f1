import { type Answer, getJson, inPath } from '../api/request.ts'

/** All that is known of a run by now. */
export interface LoadedRun {
  definition: Answer<'describeRun'>
  /** Null while it has none. */
  result: Answer<'getRun'> | null
  steps: Answer<'listRunSteps'>['steps']
  tests: Answer<'listRunTests'>
}

/** Reads a run. Throws `ApiError`. */
export async function loadRun(run: string, signal: AbortSignal): Promise<LoadedRun> {
  const path = `/v1/runs/${inPath(run)}`
  // First: what it says decides whether there is a result to ask for.
  const definition = await getJson<Answer<'describeRun'>>(`${path}/definition`, { signal })
  const [result, { steps }, tests] = await Promise.all([
    definition.outcome === null ? null : getJson<Answer<'getRun'>>(path, { signal }),
    getJson<Answer<'listRunSteps'>>(`${path}/steps`, { signal }),
    getJson<Answer<'listRunTests'>>(`${path}/tests`, { signal }),
  ])
  return { definition, result, steps, tests }
}
