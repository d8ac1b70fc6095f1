import { tmpdir } from 'node:os'
import { expect, it, test } from 'vitest'
import { buildSweep } from '../../../src/cli/request/build-sweep.ts'

const cwd = tmpdir()
const sweep = { name: 'nightly', cron: '0 2 * * *' }
const build = (flags: Parameters<typeof buildSweep>[0], defaults = {}) => buildSweep(flags, defaults, cwd)

test('options become the request of a sweep; what files say of single suites is left out', () => {
  const flags = { ...sweep, timezone: 'Europe/Berlin', budgetRuns: '500', budget: '2h', jitter: '5m', catchup: '1d' }
  const suite = { command: 'pytest', setup: false, runs: '40', maxFlakeRate: '0.01' }
  const built = build({ suite, sweep: flags }, { id: 's-file', seeds: [4], timeoutMs: 9_000, env: { A: 'b' } })
  expect(built).toMatchObject({
    ...{ name: 'nightly', cron: '0 2 * * *', timezone: 'Europe/Berlin', budgetRuns: 500, budgetMs: 7_200_000 },
    ...{ jitterMs: 300_000, catchupMs: 86_400_000, command: { shell: 'pytest' }, setup: null, runs: 40 },
    ...{ maxFlakeRate: 0.01, timeoutMs: 9_000, env: { A: 'b' }, priority: 4 },
  })
  expect(built).not.toHaveProperty('id')
  expect(built).not.toHaveProperty('seeds')
})

it.each([
  [{}, { cron: '@daily' }, '--name: null – is missing. Name the sweep, for example --name nightly.'],
  [{}, { name: 'a' }, '--cron: null – is missing. Say when it fires: --cron "0 2 * * *".'],
  [{}, { ...sweep, cron: '61 * * * *' }, '--cron: "61 * * * *" – "61" is no minute: numbers from 0 to 59, with'],
  [{}, { ...sweep, timezone: 'Berlin' }, '--timezone: "Berlin" – must be an IANA time zone'],
  [{}, { ...sweep, overlap: 'queue' }, '--overlap: "queue" – must be skip, buffer-one, allow or cancel'],
  [{}, { ...sweep, budget: '3s' }, '--budget: "3s" – must be from 10s to 7d'],
  [{}, { ...sweep, budgetRuns: 'many' }, '--budget-runs: "many" – must be a whole number'],
  [{}, { ...sweep, name: 'No' }, '--name: "No" – must be lower-case letters'],
  [{ id: 's-1' }, sweep, '--id: "s-1" – is of a suite; a sweep has a name. Give it as --name.'],
  [{ seeds: '1,2' }, sweep, '--seeds: "1,2" – cannot be given: every firing draws seeds'],
  [{ timeout: '5ms' }, sweep, '--timeout: "5ms" – must be from 1s to 24h'],
])('%j %j is refused in the words of its option', (suite, given, message) => {
  expect(() => build({ suite, sweep: given })).toThrow(message)
})
