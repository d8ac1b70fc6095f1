import { useMemo } from 'preact/hooks'
import type uPlot from 'uplot'
import { axis, Chart, colour } from '../components/chart.tsx'
import type { LoggedRound } from './log.ts'

/** How many commits hold 95 % of the probability, by the runs made so far. */
export function Narrowing({ rounds }: { rounds: readonly LoggedRound[] }) {
  const data = useMemo<uPlot.AlignedData>(
    () => [rounds.map(({ runs }) => runs), rounds.map(({ plausible }) => Math.max(1, plausible))],
    [rounds],
  )
  const last = rounds.at(-1)
  if (rounds.length < 2 || last === undefined) return null
  return (
    <Chart
      label={`Commits in question by runs made: ${rounds[0]?.plausible} before the first run, ${last.plausible} after ${last.runs}.`}
      options={options}
      data={data}
      height={180}
    />
  )
}

const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
  legend: { show: false },
  cursor: { drag: { x: false, y: false } },
  scales: { x: { time: false }, y: { distr: 3, log: 2 } },
  axes: [
    axis({ label: 'Runs made', labelSize: 24, size: 34 }),
    axis({ label: 'Commits in question', labelSize: 24, size: 60 }),
  ],
  series: [
    { label: 'Runs' },
    { label: 'Commits', stroke: colour('accent'), width: 2, points: { show: true, size: 7, fill: colour('card') } },
  ],
})
