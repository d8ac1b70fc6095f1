import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { workflowBundle } from '../../src/temporal/bundle.ts'

const folder = join(import.meta.dirname, 'histories')
const files = (await readdir(folder)).filter((name) => name.endsWith('.json'))

let codePath: string
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  codePath = await workflowBundle(readConfig().cacheDir)
})

const replay = async (history: object) => await Worker.runReplayHistory({ workflowBundle: { codePath } }, history)

/** Of a recorded history, the event that names its workflow. */
const begunSchema = z.object({
  events: z.array(
    z.object({
      workflowExecutionStartedEventAttributes: z.object({ workflowType: z.object({ name: z.string() }) }).optional(),
    }),
  ),
})

const typeOf = async (file: string): Promise<string | undefined> =>
  begunSchema
    .parse(JSON.parse(await readFile(join(folder, file), 'utf8')))
    .events.flatMap(({ workflowExecutionStartedEventAttributes: begun }) => begun?.workflowType.name ?? [])[0]

/** Every workflow that a worker knows: what the bundle's entry exports. */
async function workflowTypes(): Promise<string[]> {
  const source = await readFile('workflows/index.ts', 'utf8')
  return [...source.matchAll(/^export \{ (\w+) \} from/gm)].map(([, name]) => name ?? '')
}

describe('recorded histories', () => {
  it('are there of every workflow type, and of none that is gone', async () => {
    const recorded = new Set(await Promise.all(files.map(typeOf)))
    const types = await workflowTypes()
    expect(types).toHaveLength((await readFile('workflows/index.ts', 'utf8')).trim().split('\n').length)
    expect([...recorded].toSorted()).toEqual(types.toSorted())
  })

  it('cover every workflow, completed, paused, cancelled, extended and stopped early', () => {
    for (const ending of ['completed', 'paused', 'cancelled', 'extended', 'repeated', 'ahead', 'decided']) {
      for (const kind of ['suite', 'lane', 'run']) {
        expect(files.some((name) => name.endsWith(`-${ending}-${kind}.json`))).toBe(true)
      }
    }
    for (const other of [
      'decided-extended-suite',
      'decided-extended-lane',
      'completed-search',
      'cancelled-search',
      'late-search',
      'completed-isolation',
      'cancelled-isolation',
      'late-isolation',
      'completed-sweep',
      'cancelled-sweep',
      'late-sweep',
      'told-notify',
      'refused-notify',
      // Cancelled while the server was starting its lane; see workflows/with-its-scope.ts.
      'cancelled-early-suite',
      'janitor',
      'session-ensure',
      'session-find',
    ]) {
      expect(files.some((name) => name.endsWith(`-${other}.json`))).toBe(true)
    }
  })

  it.each(files)('%s replays with the workflows of today', async (name) => {
    await replay(JSON.parse(await readFile(join(folder, name), 'utf8')))
  })

  it('replay where failures are encoded too, those with failures above all', async () => {
    const encoding = await workflowBundle(readConfig().cacheDir, { encodesFailures: true })
    const failing = files.filter((name) => /-(cancelled|deadline|late|refused)/.test(name))
    expect(failing.length).toBeGreaterThan(10)
    for (const name of failing) {
      const history = JSON.parse(await readFile(join(folder, name), 'utf8'))
      await Worker.runReplayHistory({ workflowBundle: { codePath: encoding } }, history)
    }
  })

  it('would not replay with other workflows', async () => {
    const name = files.find((file) => file.endsWith('-completed-lane.json')) ?? ''
    const other = (await readFile(join(folder, name), 'utf8')).replaceAll('"prepareCommit"', '"anotherActivity"')
    await expect(replay(JSON.parse(other))).rejects.toThrow()
  })
})
