import type { CellName } from '../../progress/state.ts'

const ENTRIES: readonly [CellName, string, string][] = [
  ['passed', '', 'passed'],
  ['failed', 'F', 'failed'],
  ['timed_out', 'T', 'timed out'],
  ['crashed', 'C', 'crashed'],
  ['error', 'E', 'error'],
  ['running', '', 'running'],
  ['pending', '', 'waiting'],
  ['cancelled', '', 'cancelled'],
]

/** What the cells mean. */
export const Legend = () => (
  <ul class="legend" aria-label="Legend">
    {ENTRIES.map(([name, letter, word]) => (
      <li key={name}>
        <span class={`legend-cell is-${name.replace('_', '-')}`} aria-hidden="true">
          {letter}
        </span>
        {word}
      </li>
    ))}
  </ul>
)
