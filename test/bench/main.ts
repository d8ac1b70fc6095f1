import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { cancel } from './benches/cancel.ts'
import { gatewayStarts } from './benches/gateway-starts.ts'
import { gatewayStreams } from './benches/gateway-streams.ts'
import { postgresHistory, sqliteHistory } from './benches/history.ts'
import { kubernetesCancel } from './benches/kubernetes-cancel.ts'
import { kubernetesPod } from './benches/kubernetes-pod.ts'
import { kubernetesWarm } from './benches/kubernetes-warm.ts'
import { largeSuite } from './benches/large-suite.ts'
import { launch } from './benches/launch.ts'
import { orchestration } from './benches/orchestration.ts'
import { pytestRatio } from './benches/pytest-ratio.ts'
import { scaleGrowth } from './benches/scale-growth.ts'
import { scaleSuites } from './benches/scale-suites.ts'
import { scaleWorkers } from './benches/scale-workers.ts'
import { startUp } from './benches/start-up.ts'
import { statisticsCoverage } from './benches/statistics-coverage.ts'
import { statisticsCulprit } from './benches/statistics-culprit.ts'
import { statisticsReplay } from './benches/statistics-replay.ts'
import { statisticsVerdict } from './benches/statistics-verdict.ts'
import { type Bench, type Summary, summarize } from './figure.ts'
import { markdownTable } from './markdown.ts'

const BENCHES: Bench[] = [
  startUp,
  launch,
  orchestration,
  pytestRatio,
  cancel,
  largeSuite,
  kubernetesPod,
  kubernetesWarm,
  kubernetesCancel,
  gatewayStreams,
  gatewayStarts,
  statisticsCoverage,
  statisticsVerdict,
  statisticsCulprit,
  statisticsReplay,
  sqliteHistory,
  postgresHistory,
  scaleGrowth,
  scaleSuites,
  scaleWorkers,
]

const USAGE = `usage: make bench [BENCH=name[,name…]]
       make bench-kubernetes
       make bench-gateway
       make bench-statistics
       make bench-history
       make bench-scale
       node test/bench/main.ts [name…] [--json] [--scale 0.1]

${BENCHES.map(({ name, description, byDefault }) => `  ${name.padEnd(20)} ${description}${byDefault ? '' : ' By name only.'}`).join('\n')}

--scale makes the counts smaller, to try a bench out; figures of record are taken without it.
`

interface BenchReport {
  bench: string
  wallMs: number
  figures: Summary[]
}

function machine() {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    /** Of the last minute, before the first bench: more than a little means that the figures are of a busy machine. */
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  }
}

function chosen(names: string[]): Bench[] {
  if (names.length === 0) return BENCHES.filter(({ byDefault }) => byDefault)
  return names.map((name) => {
    const bench = BENCHES.find((known) => known.name === name)
    if (bench === undefined) throw new Error(`bench: ${name} – there is none of this name.\n\n${USAGE}`)
    return bench
  })
}

async function measure(bench: Bench, scale: number): Promise<BenchReport> {
  process.stderr.write(`${bench.name}: ${bench.description}\n`)
  const beganAtMs = performance.now()
  const figures = await bench.run((count) => Math.max(1, Math.round(count * scale)))
  return { bench: bench.name, wallMs: Math.round(performance.now() - beganAtMs), figures: figures.map(summarize) }
}

function inMarkdown(about: ReturnType<typeof machine>, reports: BenchReport[]): string {
  const { cores, cpu, node, load } = about
  const tables = reports.map(({ bench, figures }) => `### ${bench}\n\n${markdownTable(figures)}`)
  return `${cores} × ${cpu}, Node ${node}, load ${load} before.\n\n${tables.join('\n\n')}\n`
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      scale: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help === true) return void process.stdout.write(USAGE)
  const scale = Number(values.scale)
  if (!(scale > 0 && scale <= 1)) throw new Error(`--scale: ${values.scale} – must be above 0 and at most 1`)
  // make hands BENCH=name on through the environment.
  const asked =
    positionals.length > 0 ? positionals : (process.env.BENCH ?? '').split(/[\s,]+/).filter((name) => name !== '')
  const about = machine()
  const reports: BenchReport[] = []
  for (const bench of chosen(asked)) reports.push(await measure(bench, scale))
  const text = values.json
    ? `${JSON.stringify({ machine: about, scale, benches: reports }, null, 2)}\n`
    : inMarkdown(about, reports)
  process.stdout.write(text)
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
