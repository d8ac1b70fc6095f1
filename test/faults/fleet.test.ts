import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { laneWorkflowId, suiteWorkflowId } from '../../src/contract/index.ts'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { Fleet } from '../support/fleet.ts'
import { FollowingClient } from '../support/following-client.ts'
import type { Home } from '../support/home.ts'
import { startServing } from '../support/serving.ts'
import { until } from '../support/until.ts'

// Machines that share a Temporal server and a result database carry one suite between them, and may end while they do.

const COMMITS = 4
const RUNS = 8

let fleet: Fleet
let host: Home
beforeAll(async () => {
  fleet = await Fleet.start(COMMITS)
  host = await fleet.machine({ COMMIT_SUITE_SLOTS: '2' })
})
afterAll(() => fleet?.dispose())

/** Of a workflow: who took its workflow tasks and its activities, its versions, and what failed in it. */
async function partsOf(workflowId: string) {
  const { events } = await fleet.client.workflow.getHandle(workflowId).fetchHistory()
  const distinct = (find: (event: NonNullable<typeof events>[number]) => string | null | undefined) => [
    ...new Set((events ?? []).flatMap((event) => find(event) || [])),
  ]
  return {
    workflowTasks: distinct((event) => event.workflowTaskStartedEventAttributes?.identity).map(pidOf),
    activities: distinct((event) => event.activityTaskStartedEventAttributes?.identity).map(pidOf),
    versions: distinct((event) => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId),
    faults: distinct((event) => event.activityTaskFailedEventAttributes?.failure?.applicationFailureInfo?.type),
  }
}

/** `<pid>@<host>`: what the SDK calls a worker. */
const pidOf = (identity: string): number => Number.parseInt(identity, 10)

describe('a fleet', () => {
  it('spreads one suite over its hosts; a worker and a gateway that end meanwhile cost no run and no event', async () => {
    const leaving = await fleet.machine({ COMMIT_SUITE_SLOTS: '2' })
    const [deciding, staying, ending, first, second] = await Promise.all([
      fleet.worker(await fleet.machine(), '--role', 'orchestration'),
      fleet.worker(host, '--role', 'runs'),
      fleet.worker(leaving, '--role', 'runs', '--drain', '60s'),
      startServing(await fleet.machine(), 'gateway'),
      startServing(await fleet.machine(), 'gateway'),
    ])
    await fleet.suite('spread', { runs: RUNS, work: 'sleep 0.5' })
    await fleet.untilFinished('spread', 1)
    const client = new FollowingClient('spread', () => [first.url, second.url])
    const ranOn = async ({ config: { stateDir } }: Home) =>
      (await fleet.executions('spread')).flat().filter((path) => path.startsWith(stateDir)).length
    await until('the client has seen events', () => client.seqs.length > 0)
    await until('both hosts have run some', async () => (await ranOn(host)) > 0 && (await ranOn(leaving)) > 0)
    const [gatewayEnded, { exitCode, stderr }] = await Promise.all([first.stop(), ending.stop()])
    expect([gatewayEnded, exitCode, stderr]).toEqual([0, 0, expect.any(String)])
    const before = await ranOn(leaving)
    await fleet.untilCompleted('spread')
    await client.ended

    // What the leaving host had begun it finished, and nothing was begun twice.
    expect(await ranOn(leaving)).toBe(before)
    expect(await leaving.workspaces()).toEqual([])
    const results = await expectEveryRunOnce(fleet.store, 'spread', RUNS)
    expect(results.every(({ outcome, tries }) => outcome === 'passed' && tries === 1)).toBe(true)
    const executions = await fleet.executions('spread')
    expect(executions.map((times) => times.length)).toEqual(Array.from({ length: COMMITS * RUNS }, () => 1))
    const last = await fleet.store.events.lastSeq('spread')
    expect(client.seqs).toEqual(Array.from({ length: last }, (_, index) => index + 1))
    expect(client.closed).toBeGreaterThan(1)

    // Who decides ran nothing, and who runs decided nothing; lanes were given away, none waited for its host.
    const ids = [suiteWorkflowId('spread'), ...fleet.repo.shas.map((sha) => laneWorkflowId('spread', sha))]
    const parts = await Promise.all(ids.map(partsOf))
    for (const { workflowTasks, activities } of parts) {
      expect(workflowTasks).toEqual([deciding.pid])
      expect([staying.pid, ending.pid]).toEqual(expect.arrayContaining(activities))
    }
    expect(parts.flatMap(({ faults }) => faults)).toContain('host_left')
    expect(await second.stop()).toBe(0)
    await Promise.all([deciding.stop(), staying.stop()])
  })

  it('takes one run at a time where memory is above its target, however many slots there are', async () => {
    const careful = await fleet.worker(
      await fleet.machine({
        ...{ COMMIT_SUITE_SLOTS: 'auto', COMMIT_SUITE_SLOTS_MOST: '8' },
        COMMIT_SUITE_SLOTS_MEMORY: '1',
      }),
    )
    const alone = `mkdir "$MARKS/alone" && sleep 0.2 && rmdir "$MARKS/alone"`
    await fleet.suite('careful', { runs: 2, work: alone })
    await fleet.untilCompleted('careful')
    const results = await expectEveryRunOnce(fleet.store, 'careful', 2)
    expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => 'passed'))
    await careful.stop()
  })

  it('goes over to another version in the middle of a suite, and to another worker of the same host', async () => {
    const version = async (buildId: string) =>
      await fleet.worker(
        await fleet.machine({ COMMIT_SUITE_DEPLOYMENT: 'fleet', COMMIT_SUITE_BUILD_ID: buildId }),
        ...['--role', 'orchestration'],
      )
    const [old, runner] = await Promise.all([version('v1'), fleet.worker(host, '--role', 'runs')])
    await fleet.makeCurrent('v1')
    await fleet.suite('versions', { runs: RUNS, work: fleet.held('versions') })
    await fleet.untilFinished('versions', 1)

    const next = await version('v2')
    await fleet.makeCurrent('v2')
    expect((await old.stop()).exitCode).toBe(0)
    // Without a drain its runs go on without it, and the next worker of the host takes them up.
    expect((await runner.stop()).exitCode).toBe(0)
    const successor = await fleet.worker(host, '--role', 'runs')
    expect(await fleet.finished('versions')).toBeLessThan(COMMITS * RUNS)
    await fleet.release('versions')
    await fleet.untilCompleted('versions')

    await expectEveryRunOnce(fleet.store, 'versions', RUNS)
    const executions = await fleet.executions('versions')
    expect(executions.map((times) => times.length)).toEqual(Array.from({ length: COMMITS * RUNS }, () => 1))
    expect((await partsOf(suiteWorkflowId('versions'))).versions).toEqual(['v1', 'v2'])
    const lastSha = fleet.repo.shas.at(-1) ?? ''
    expect((await partsOf(laneWorkflowId('versions', lastSha))).versions).toEqual(['v2'])
    await Promise.all([next.stop(), successor.stop()])
  })
})
