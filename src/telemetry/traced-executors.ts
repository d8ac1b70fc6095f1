import type { Executor, Executors } from '../executors/executor.ts'
import { inSpan, runAttributes } from './spans.ts'

/** Executors whose work is spans; those of pods have more inside. */
export function tracedExecutors(executors: Executors): Executors {
  return {
    async of(name) {
      return traced(name, await executors.of(name))
    },
  }
}

function traced(name: string, executor: Executor): Executor {
  const about = (place: { suite: string; sha: string; attempt?: number }) => ({
    'commit_suite.executor': name,
    ...runAttributes(place),
  })
  return {
    ...executor,
    provision: (request, context) =>
      inSpan('executor provision', about(request), () => executor.provision(request, context)),
    prepare: (request, context) =>
      inSpan('executor prepare', about(request), async (span) => {
        const preparation = await executor.prepare(request, context)
        if (preparation.ok) span.setAttribute('commit_suite.cached', preparation.cached)
        return preparation
      }),
    run: (request, context) =>
      inSpan('executor run', { ...about(request.key), 'commit_suite.try': request.try }, async (span) => {
        const completion = await executor.run(request, context)
        span.setAttributes({ 'commit_suite.command_ms': completion.durationMs, 'host.name': completion.node })
        if (completion.exitCode !== null) span.setAttribute('process.exit.code', completion.exitCode)
        return completion
      }),
    release: (request) => inSpan('executor release', about(request), () => executor.release(request)),
  }
}
