import { useState } from 'preact/hooks'
import type { SuiteStatus } from '../../contract/suite.ts'
import { isOpen } from '../../contract/suite-status.ts'
import { type ApiError, asApiError } from '../api/api-error.ts'
import { inPath, sendOnly } from '../api/request.ts'
import { mayRun } from '../api/session.ts'
import { ConfirmButton } from '../components/confirm.tsx'
import { Failure } from '../components/states.tsx'

interface SteeringProps {
  suite: string
  status: SuiteStatus
  /** Extensions so far; undefined until it is known. */
  extensions: number | undefined
  /** Something was changed that the events may not tell by themselves. */
  onChanged(): void
}

/** Pause, resume, cancel, extend. */
export function Steering({ suite, status, extensions, onChanged }: SteeringProps) {
  const [error, setError] = useState<ApiError>()
  const [runs, setRuns] = useState(10)
  const [errors, setErrors] = useState(false)
  if (!mayRun.value) return null
  const path = `/v1/suites/${inPath(suite)}`
  const act = async (call: 'pause' | 'resume'): Promise<void> => {
    setError(undefined)
    await sendOnly('POST', `${path}/${call}`).then(onChanged, (thrown: unknown) => setError(asApiError(thrown)))
  }
  return (
    <div class="buttons">
      {status === 'running' ? (
        <button type="button" onClick={() => void act('pause')}>
          Pause
        </button>
      ) : null}
      {status === 'paused' ? (
        <button type="button" class="primary" onClick={() => void act('resume')}>
          Resume
        </button>
      ) : null}
      {extensions === undefined || status === 'queued' ? null : (
        <ConfirmButton
          label="Extend"
          question="Add runs to this suite?"
          act={async () => {
            const added = runs > 0 ? { runs } : {}
            const again = errors ? { errors } : {}
            await sendOnly('POST', `${path}/extend`, { ...added, ...again, expected: extensions })
            onChanged()
          }}
        >
          <label class="field">
            More runs for each commit
            <input
              type="number"
              min="0"
              max="100000"
              value={runs}
              onInput={({ currentTarget }) => setRuns(Number(currentTarget.value))}
            />
          </label>
          <label class="check">
            <input type="checkbox" checked={errors} onChange={() => setErrors(!errors)} />
            Repeat runs that ended in errors or were cancelled
          </label>
        </ConfirmButton>
      )}
      {isOpen(status) ? (
        <ConfirmButton
          label="Cancel suite"
          question="Cancel this suite?"
          isDanger
          act={async () => {
            await sendOnly('POST', `${path}/cancel`)
            onChanged()
          }}
        >
          <p>Runs in flight are ended and their environments released. What is on record stays.</p>
        </ConfirmButton>
      ) : null}
      {error === undefined ? null : <Failure error={error} />}
    </div>
  )
}
