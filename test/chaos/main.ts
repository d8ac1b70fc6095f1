import { parseArgs } from 'node:util'
import { chaos } from './chaos.ts'

const USAGE = `usage: node test/chaos/main.ts [--seed N] [--minutes N] [--runs N] [--kubernetes]
Suites run on two hosts, two gateways, a Temporal server and a PostgreSQL while these are killed, stopped and held still by
a schedule that the seed decides; with --kubernetes in pods of the test cluster (KUBECONFIG), which suffers too. Exit 1
where a run was lost or counted twice, an event log has a gap, or something is left.`

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    runs: { type: 'string' },
    kubernetes: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})
if (values.help === true) {
  console.log(USAGE)
  process.exit(0)
}
const number = (name: 'seed' | 'minutes' | 'runs', byDefault: number): number => {
  const value = Number(values[name] ?? byDefault)
  if (value > 0 && Number.isFinite(value)) return value
  console.error(`--${name} ${values[name]}: must be a number above 0\n\n${USAGE}`)
  process.exit(2)
}

const { KUBECONFIG } = process.env
if (values.kubernetes === true && KUBECONFIG === undefined) {
  console.error('--kubernetes needs KUBECONFIG, of the cluster that `make cluster-up` makes')
  process.exit(2)
}

const seed = number('seed', Math.floor(Math.random() * 1e6) + 1)
const minutes = number('minutes', 10)
console.log(`chaos: seed ${seed}, ${minutes} minutes`)
const begunMs = Date.now()
const clock = (): string => `${((Date.now() - begunMs) / 1_000).toFixed(1).padStart(6)} s`
const { suites, runs, retried, errors, events, faults, suffered } = await chaos({
  ...{ seed, durationMs: minutes * 60_000, runs: number('runs', 20) },
  ...(values.kubernetes === true ? { kubeconfig: KUBECONFIG } : {}),
  onFault: ({ part, kind, forMs }) => console.log(`${clock()}  ${part} ${kind}, ${(forMs / 1_000).toFixed(1)} s`),
})
console.log(
  `\n${[...suffered]
    .toSorted()
    .map(([name, times]) => `${name} × ${times}`)
    .join(', ')}`,
)
console.log(`${suites} suites, ${runs} runs, ${retried} of them tried again, ${errors} errors; ${events} events`)
for (const fault of faults) console.log(`FAULT ${fault}`)
console.log(
  faults.length === 0
    ? 'nothing lost, nothing twice, nothing left'
    : `${faults.length} faults; again with --seed ${seed}`,
)
process.exitCode = faults.length === 0 ? 0 : 1
