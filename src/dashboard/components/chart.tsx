import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { themeVersion } from '../theme.ts'

interface ChartProps {
  /** What it shows, in a sentence: all that those get who do not see it. The numbers stand in a table beside it. */
  label: string
  /** Asked again when the theme changes: colours come from the page's properties, see `colour`. */
  options: () => Omit<uPlot.Options, 'width' | 'height'>
  data: uPlot.AlignedData
  height?: number
}

/** A colour of the theme by its name: `colour('failed')`. */
export function colour(name: string): string {
  // A property holds the colours of both themes; only what is shown somewhere is one of them.
  const probe = document.createElement('span')
  probe.style.color = `var(--${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** A chart as wide as the place it stands in. */
export function Chart({ label, options, data, height = 240 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | undefined>(undefined)
  const version = themeVersion.value
  useEffect(() => {
    const { current } = place
    if (current === null) return
    const plot = new uPlot({ ...options(), width: current.clientWidth, height }, data, current)
    chart.current = plot
    const observer = new ResizeObserver(() => plot.setSize({ width: current.clientWidth, height }))
    observer.observe(current)
    return () => {
      observer.disconnect()
      plot.destroy()
      chart.current = undefined
    }
  }, [version, height])
  useEffect(() => chart.current?.setData(data), [data])
  return <div ref={place} class="chart" role="img" aria-label={label} />
}

/** Axes in the colours of the theme. */
export const axis = (more: Partial<uPlot.Axis> = {}): uPlot.Axis => ({
  stroke: colour('quiet'),
  grid: { stroke: colour('line'), width: 1 },
  ticks: { stroke: colour('line'), width: 1 },
  font: '12px system-ui, sans-serif',
  ...more,
})
