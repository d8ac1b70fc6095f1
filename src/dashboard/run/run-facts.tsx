import { formatSpan } from '../../report/format.ts'
import { type Answer, inPath } from '../api/request.ts'
import { When } from '../components/when.tsx'
import { Fact } from '../suite/facts.tsx'

interface RunFactsProps {
  definition: Answer<'describeRun'>
  /** Once it has ended. */
  result: Answer<'getRun'> | null
}

/** What a run was made of and how it ended. */
export function RunFacts({ definition, result }: RunFactsProps) {
  const { seed, subject, generation, run } = definition
  return (
    <dl class="facts">
      <Fact name="Commit">{subject}</Fact>
      <Fact name="Seed">{String(seed)}</Fact>
      {generation > 0 ? <Fact name="Generation">{String(generation)}</Fact> : null}
      {result === null ? null : (
        <>
          <Fact name="Started">
            <When at={result.startedAt} />
          </Fact>
          <Fact name="Took">{formatSpan(result.durationMs)}</Fact>
          <Fact name="Ended by">
            {result.signal === null ? `exit code ${result.exitCode ?? 'unknown'}` : result.signal}
            {result.reason === null ? null : ` · ${result.reason.replaceAll('_', ' ')}`}
          </Fact>
          <Fact name="Machine">{result.node}</Fact>
          {result.tries > 1 ? <Fact name="Tries">{String(result.tries)}</Fact> : null}
          {result.artifacts.length === 0 ? null : (
            <Fact name="Left behind">
              {result.artifacts.map(({ name, sizeBytes }) => (
                <a
                  key={name}
                  class="artifact"
                  href={`/v1/runs/${inPath(run)}/artifacts/${name.split('/').map(inPath).join('/')}`}
                >
                  {name} <span class="quiet">{Math.ceil(sizeBytes / 1024)} KiB</span>
                </a>
              ))}
            </Fact>
          )}
        </>
      )}
    </dl>
  )
}
