import {
  ScheduleAlreadyRunning,
  type ScheduleClient,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleUpdateOptions,
} from '@temporalio/client'
import type { SweepBackfill } from '../contract/http/sweeps.ts'
import {
  type CommitSuiteError,
  invalidInput,
  parseSweepRequest,
  type ScheduledSweep,
  type SoundSweep,
  type SweepChange,
  sweepOfSchedule,
  sweepScheduleId,
} from '../contract/index.ts'
import { freshId } from '../requests/fresh-id.ts'
import { sweepDigest } from '../store/request-digest.ts'
import { changed, overlapOfBackfill, overlapOfTrigger, scheduleOf } from './sweep-schedule.ts'

/** What commands do to sweeps, all of it in Temporal; firings are on record in the store. */
export interface SweepControl {
  /** Under a name that exists the same request joins, another is `sweep_conflict`. `invalid_input` for a bad schedule. */
  create(request: SoundSweep): Promise<{ sweep: ScheduledSweep; joined: boolean }>
  /** By name. A sweep that was only just created may be missing for a moment. */
  list(): Promise<ScheduledSweep[]>
  /** Undefined where there is none of that name. */
  get(name: string): Promise<ScheduledSweep | undefined>
  /** These throw `sweep_not_found`. A firing under way goes on as it was planned. */
  update(name: string, change: SweepChange): Promise<ScheduledSweep>
  /** Fires now: after the firing that is under way where firings must not overlap. */
  trigger(name: string): Promise<void>
  /** Makes the firings of a time that is past, one after the other. */
  backfill(name: string, range: SweepBackfill): Promise<void>
  /** A firing under way goes on. */
  delete(name: string): Promise<void>
}

const MOST_NEXT_RUNS = 5
const INSTANCE_CHARACTERS = 16

export function sweepControl(schedules: ScheduleClient): SweepControl {
  const get = (name: string) => read(schedules.getHandle(sweepScheduleId(name)))
  const act = async (name: string, steer: (handle: ScheduleHandle, sweep: ScheduledSweep) => Promise<unknown>) => {
    const sweep = await get(name)
    if (sweep === undefined) throw sweepNotFound(name)
    await steer(schedules.getHandle(sweepScheduleId(name)), sweep)
  }
  return {
    create: (request) => create(schedules, request),
    list: () => list(schedules),
    get,
    async update(name, change) {
      await act(name, (handle) => update(handle, name, change))
      const sweep = await get(name)
      if (sweep === undefined) throw sweepNotFound(name)
      return sweep
    },
    trigger: (name) => act(name, (handle, { request }) => handle.trigger(overlapOfTrigger(request))),
    backfill: (name, { from, to }) =>
      act(name, (handle, { request }) =>
        handle.backfill({ start: new Date(from), end: new Date(to), overlap: overlapOfBackfill(request) }),
      ),
    delete: (name) => act(name, (handle) => handle.delete()),
  }
}

export function sweepNotFound(name: string): CommitSuiteError {
  return invalidInput('sweep', name, 'is no sweep', 'See `commit-suite sweep list`.', 'sweep_not_found')
}

async function create(schedules: ScheduleClient, request: SoundSweep) {
  const instance = freshId('w-', INSTANCE_CHARACTERS)
  const handle = schedules.getHandle(sweepScheduleId(request.name))
  let joined = false
  try {
    await schedules.create({ scheduleId: sweepScheduleId(request.name), ...scheduleOf(request, instance) })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw specError(error, request)
    joined = true
  }
  const sweep = await read(handle)
  if (sweep !== undefined && sweepDigest(sweep.request) === sweepDigest(request)) return { sweep, joined }
  const remedy = 'Choose another name, change that sweep, or delete it.'
  throw invalidInput('name', request.name, 'belongs to a sweep with another request', remedy, 'sweep_conflict')
}

async function list(schedules: ScheduleClient): Promise<ScheduledSweep[]> {
  const sweeps: ScheduledSweep[] = []
  for await (const { scheduleId } of schedules.list()) {
    if (sweepOfSchedule(scheduleId) === undefined) continue
    const sweep = await read(schedules.getHandle(scheduleId))
    if (sweep !== undefined) sweeps.push(sweep)
  }
  return sweeps.toSorted((a, b) => (a.request.name < b.request.name ? -1 : 1))
}

async function read(handle: ScheduleHandle): Promise<ScheduledSweep | undefined> {
  try {
    return sweepOf(await handle.describe())
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined
    throw error
  }
}

/** Undefined for a schedule that somebody else made under such a name. */
function sweepOf({ scheduleId, action, state, info }: ScheduleDescription): ScheduledSweep | undefined {
  const [asked, instance] = action.args ?? []
  const request = soundRequest(asked)
  if (request === undefined || typeof instance !== 'string') return undefined
  if (request.name !== sweepOfSchedule(scheduleId)) return undefined
  return {
    ...{ request, instance, paused: state.paused, note: state.note === '' ? null : (state.note ?? null) },
    nextRuns: state.paused ? [] : info.nextActionTimes.slice(0, MOST_NEXT_RUNS).map((time) => time.toISOString()),
  }
}

function soundRequest(asked: unknown): SoundSweep | undefined {
  try {
    return parseSweepRequest(asked)
  } catch {
    return undefined
  }
}

async function update(handle: ScheduleHandle, name: string, change: SweepChange): Promise<void> {
  let asked: SoundSweep | undefined
  try {
    await handle.update((found): ScheduleUpdateOptions => {
      const sweep = sweepOf(found)
      if (sweep === undefined) throw sweepNotFound(name)
      asked = changed(sweep.request, change)
      const paused = change.paused ?? sweep.paused
      const note = change.note ?? (change.paused === undefined ? sweep.note : null)
      return { ...scheduleOf(asked, sweep.instance), state: { paused, ...(note === null ? {} : { note }) } }
    })
  } catch (error) {
    throw asked === undefined ? error : specError(error, asked)
  }
}

/** What the server says of a specification; all that it refuses should have been refused before. */
function specError(error: unknown, { cron, timezone }: SoundSweep): unknown {
  if (!(error instanceof TypeError)) return error
  const [field, value] = /time ?zone/i.test(error.message) ? ['timezone', timezone] : ['cron', cron]
  return invalidInput(field ?? 'cron', value, `is refused by Temporal: ${error.message}`)
}
