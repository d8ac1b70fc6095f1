import { useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { axis, Chart, colour } from '../components/chart.tsx'
import { type Band, rateScale } from './series.ts'

interface RateChartProps {
  label: string
  band: Band
  /** Whether the axis is one of days. */
  isTime: boolean
  /** On the axis where it is none. */
  tick?: (index: number) => string
  /** Where the rate changed. */
  marks?: readonly number[]
  /** What there is to say of the point at which the pointer is. */
  describe: (index: number) => string
}

/** More whiskers than this are an area. */
const MOST_WHISKERS = 60
const LEGEND = 'Line: failure rate. Area: its interval.'
const NO_MARKS: readonly number[] = []

/** A failure rate as a line, its interval as a band round it. */
export function RateChart({ label, band, isTime, tick, marks = NO_MARKS, describe }: RateChartProps) {
  const [pointed, setPointed] = useState<number>()
  // What is drawn by hand is asked for at each drawing.
  const newest = useRef({ band, tick, marks })
  newest.current = { band, tick, marks }
  const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
    scales: {
      x: { time: isTime, range: () => xRange(newest.current.band, isTime) },
      y: { range: () => [0, rateScale(newest.current.band) * 1.02] },
    },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    axes: [
      axis(
        isTime
          ? {}
          : {
              values: (_, ticks) => ticks.map((at) => newest.current.tick?.(at) ?? ''),
              incrs: COMMIT_STEPS,
              space: 90,
            },
      ),
      axis({ values: (_, ticks) => ticks.map((at) => `${Math.round(at * 100)} %`), size: 56 }),
    ],
    bands: [{ series: [3, 2], fill: `color-mix(in oklab, ${colour('failed')} 22%, transparent)` }],
    series: [
      {},
      {
        stroke: colour('failed'),
        width: 2,
        points: { show: band.xs.length <= MOST_WHISKERS, size: 6, fill: colour('card') },
      },
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
    ],
    hooks: {
      drawAxes: [(plot) => drawMarks(plot, newest.current.marks)],
      drawSeries: [(plot, series) => series === 1 && drawWhiskers(plot, newest.current.band)],
      setCursor: [({ cursor }) => setPointed(cursor.idx ?? undefined)],
    },
  })
  return (
    <div>
      <Chart label={label} options={options} data={[band.xs, band.rates, band.lows, band.highs]} height={220} />
      <p class="readout quiet">{pointed === undefined || pointed >= band.xs.length ? LEGEND : describe(pointed)}</p>
    </div>
  )
}

/** Commits are counted in whole steps. */
const COMMIT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const DAY_S = 86_400
const SHORTEST_DAYS = 6

/** Half a step is left free on both sides, and a single point is in the middle. */
function xRange({ xs }: Band, isTime: boolean): uPlot.Range.MinMax {
  const [first = 0, last = 0] = [xs[0], xs.at(-1)]
  const [step, least] = isTime ? [DAY_S / 2, SHORTEST_DAYS * DAY_S] : [0.5, 0]
  const spare = Math.max(step, (least - (last - first)) / 2)
  return [first - spare, last + spare]
}

function drawMarks(plot: uPlot, marks: readonly number[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = colour('text')
  ctx.lineWidth = 1.5 * uPlot.pxRatio
  ctx.setLineDash([5 * uPlot.pxRatio, 4 * uPlot.pxRatio])
  for (const mark of marks) {
    // Between the commit before and the one at which it changed.
    const x = plot.valToPos(mark - 0.5, 'x', true)
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** Few points far apart have no area to see. */
function drawWhiskers(plot: uPlot, { xs, lows, highs }: Band): void {
  if (xs.length > MOST_WHISKERS) return
  const { ctx } = plot
  ctx.save()
  ctx.strokeStyle = colour('failed')
  ctx.globalAlpha = 0.45
  ctx.lineWidth = uPlot.pxRatio
  ctx.beginPath()
  for (const [index, x] of xs.entries()) {
    const at = plot.valToPos(x, 'x', true)
    ctx.moveTo(at, Math.max(plot.bbox.top, plot.valToPos(highs[index] ?? 0, 'y', true)))
    ctx.lineTo(at, plot.valToPos(lows[index] ?? 0, 'y', true))
  }
  ctx.stroke()
  ctx.restore()
}
