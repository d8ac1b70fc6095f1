import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
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

describe('recorded histories', () => {
  it('cover every workflow, completed, paused and cancelled', () => {
    for (const ending of ['completed', 'paused', 'cancelled']) {
      for (const kind of ['suite', 'lane', 'run']) {
        expect(files.some((name) => name.endsWith(`-${ending}-${kind}.json`))).toBe(true)
      }
    }
    expect(files.some((name) => name.endsWith('-janitor.json'))).toBe(true)
  })

  it.each(files)('%s replays with the workflows of today', async (name) => {
    await replay(JSON.parse(await readFile(join(folder, name), 'utf8')))
  })

  it('would not replay with other workflows', async () => {
    const name = files.find((file) => file.endsWith('-completed-lane.json')) ?? ''
    const other = (await readFile(join(folder, name), 'utf8')).replaceAll('"prepareCommit"', '"anotherActivity"')
    await expect(replay(JSON.parse(other))).rejects.toThrow()
  })
})
