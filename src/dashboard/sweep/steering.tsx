import { useState } from 'preact/hooks'
import type { SweepSummary } from '../../contract/http/sweeps.ts'
import { inPath, sendOnly } from '../api/request.ts'
import { mayRun } from '../api/session.ts'
import { ConfirmButton } from '../components/confirm.tsx'
import { go } from '../location.ts'
import { href } from '../router.ts'
import { localMinute } from './words.ts'

interface SteeringProps {
  sweep: SweepSummary
  onChanged(): void
}

/** Trigger, pause or resume, back-fill, delete. */
export function Steering({ sweep, onChanged }: SteeringProps) {
  if (!mayRun.value) return null
  const path = `/v1/sweeps/${inPath(sweep.name)}`
  return (
    <div class="buttons">
      <ConfirmButton
        label="Fire now"
        question={`Fire ${sweep.name} now?`}
        act={async () => {
          await sendOnly('POST', `${path}/trigger`)
          onChanged()
        }}
      >
        <p>It starts a suite, paused or not; where one is under way it does what its overlap policy says.</p>
      </ConfirmButton>
      {sweep.paused ? <Resume {...{ path, sweep, onChanged }} /> : <Pause {...{ path, sweep, onChanged }} />}
      <Backfill {...{ path, sweep, onChanged }} />
      <ConfirmButton
        label="Delete"
        question={`Delete ${sweep.name}?`}
        isDanger
        act={async () => {
          await sendOnly('DELETE', path)
          go(href(['sweeps']))
        }}
      >
        <p>It fires no more. Its suites and what they showed stay on record; a firing under way goes on.</p>
      </ConfirmButton>
    </div>
  )
}

type PartProps = SteeringProps & { path: string }

function Pause({ path, sweep, onChanged }: PartProps) {
  const [note, setNote] = useState('')
  return (
    <ConfirmButton
      label="Pause"
      question={`Pause ${sweep.name}?`}
      act={async () => {
        await sendOnly('PATCH', path, { paused: true, ...(note.trim() === '' ? {} : { note: note.trim() }) })
        onChanged()
      }}
    >
      <p>It fires no more until it is resumed; a firing under way goes on.</p>
      <label class="field">
        Why, for others
        <input type="text" maxLength={500} value={note} onInput={({ currentTarget }) => setNote(currentTarget.value)} />
      </label>
    </ConfirmButton>
  )
}

const Resume = ({ path, sweep, onChanged }: PartProps) => (
  <ConfirmButton
    label="Resume"
    question={`Resume ${sweep.name}?`}
    act={async () => {
      await sendOnly('PATCH', path, { paused: false })
      onChanged()
    }}
  >
    <p>It fires again as scheduled.</p>
  </ConfirmButton>
)

const DAY_MS = 86_400_000

function Backfill({ path, sweep, onChanged }: PartProps) {
  const [from, setFrom] = useState(() => localMinute(Date.now() - DAY_MS))
  const [to, setTo] = useState(() => localMinute(Date.now()))
  return (
    <ConfirmButton
      label="Back-fill"
      question={`Make up for past firings of ${sweep.name}?`}
      act={async () => {
        await sendOnly('POST', `${path}/backfill`, { from: toTime(from), to: toTime(to) })
        onChanged()
      }}
    >
      <p>All firings that its schedule has between these times are made, one after the other; at most 31 days.</p>
      <label class="field">
        From
        <input
          type="datetime-local"
          required
          value={from}
          onInput={({ currentTarget }) => setFrom(currentTarget.value)}
        />
      </label>
      <label class="field">
        To
        <input type="datetime-local" required value={to} onInput={({ currentTarget }) => setTo(currentTarget.value)} />
      </label>
    </ConfirmButton>
  )
}

/** Local time as it was written, as a time that all understand; what is none is left to the gateway to refuse. */
const toTime = (local: string): string => (Number.isNaN(Date.parse(local)) ? local : new Date(local).toISOString())
