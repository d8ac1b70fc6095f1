import type { SuiteEvent } from '../../contract/events.ts'
import { formatSpan } from '../../report/format.ts'

interface Words {
  what: string
  more: string
}

/** A step in words; what is no step of a run is none. */
function wordsOf(event: SuiteEvent): Words | undefined {
  switch (event.type) {
    case 'commit.resolved':
      return { what: 'Commit resolved', more: event.data.refs.join(', ') }
    case 'environment.step':
      return { what: `Environment: ${event.data.step}`, more: event.data.message }
    case 'run.waiting':
      return { what: 'Waiting', more: event.data.reason }
    case 'run.started':
      return { what: event.data.try > 1 ? `Started, try ${event.data.try}` : 'Started', more: event.data.node }
    case 'run.retried':
      return { what: 'Lost, to be tried again', more: `${event.data.fault} ${event.data.message ?? ''}`.trim() }
    case 'run.finished': {
      const { outcome, reason, durationMs } = event.data
      const why = reason === null ? '' : ` · ${reason.replaceAll('_', ' ')}`
      return { what: `Ended: ${outcome.replaceAll('_', ' ')}`, more: `${formatSpan(durationMs)}${why}` }
    }
    default:
      return undefined
  }
}

/** What happened to a run and its environment, in order. */
export const Steps = ({ steps }: { steps: readonly SuiteEvent[] }) => (
  <ol class="steps">
    {steps.map((event) => {
      const words = wordsOf(event)
      return words === undefined ? null : (
        <li key={event.seq}>
          <time dateTime={event.at} title={new Date(event.at).toLocaleString()}>
            {new Date(event.at).toLocaleTimeString()}
          </time>
          <span class="step-what">{words.what}</span>
          <span class="step-more">{words.more}</span>
        </li>
      )
    })}
  </ol>
)
