import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Cluster, ExecEnd, ExecTarget } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { CONTAINER, runningOrOver, ScratchNamespace } from '../../support/scratch-namespace.ts'

const MEBIBYTE = 1024 * 1024
const BULK = 50 * MEBIBYTE
const never = new AbortController().signal

let cluster: Cluster
let namespace: ScratchNamespace
let target: ExecTarget

beforeAll(async () => {
  cluster = await connectCluster(undefined)
  namespace = await ScratchNamespace.create(cluster, 'exec')
  target = { namespace: namespace.name, pod: 'warm', container: CONTAINER }
  await Promise.all([namespace.createPod('warm'), namespace.createPod('over', ['true'])])
  const watch = cluster.watchPods(namespace.name)
  await Promise.all([watch.until('warm', runningOrOver, never), until(watch, 'over')])
  watch.close()
})

afterAll(async () => {
  await namespace.remove()
  await cluster.close()
})

const until = async (watch: ReturnType<Cluster['watchPods']>, pod: string): Promise<true> =>
  await watch.until(pod, (now) => (runningOrOver(now) === 'over' ? true : undefined), never)

async function run(command: string[], where = target): Promise<ExecEnd & { stdout: string }> {
  const taken: Uint8Array[] = []
  const session = await cluster.exec(where, command, { onStdout: (bytes) => void taken.push(bytes), signal: never })
  const end = await session.ended
  return { ...end, stdout: Buffer.concat(taken).toString() }
}

test('output, errors and exit code come apart', async () => {
  const end = await run(['sh', '-c', 'printf "a\\nb"; echo wrong >&2; exit 42'])
  expect(end).toEqual({ stdout: 'a\nb', stderr: 'wrong\n', exitCode: 42 })
})

test('a command killed by a signal ends as a shell would say', async () => {
  expect((await run(['sh', '-c', 'kill -9 $$'])).exitCode).toBe(137)
})

test('50 MiB come out intact, in order, through a slow reader', async () => {
  const script = `
import random, sys, hashlib
data = random.Random(7).randbytes(${BULK})
sys.stdout.buffer.write(data); sys.stdout.flush()
sys.stderr.write(hashlib.sha256(data).hexdigest())`
  const hash = createHash('sha256')
  let length = 0
  const session = await cluster.exec(target, ['python3', '-c', script], {
    onStdout: async (bytes) => {
      hash.update(bytes)
      length += bytes.length
      await new Promise((resolve) => setImmediate(resolve))
    },
    signal: never,
  })
  const { exitCode, stderr } = await session.ended
  expect([exitCode, length]).toEqual([0, BULK])
  expect(hash.digest('hex')).toBe(stderr)
})

test('50 MiB go in intact', async () => {
  const data = randomBytes(BULK)
  const taken: Uint8Array[] = []
  const session = await cluster.exec(target, ['sh', '-c', `head -c ${BULK} | sha256sum`], {
    onStdout: (bytes) => void taken.push(bytes),
    signal: never,
  })
  for (let at = 0; at < BULK; at += MEBIBYTE) await session.write(data.subarray(at, at + MEBIBYTE))
  expect((await session.ended).exitCode).toBe(0)
  const [sum] = Buffer.concat(taken).toString().split(' ')
  expect(sum).toBe(createHash('sha256').update(data).digest('hex'))
})

test('a conversation goes back and forth', async () => {
  let answer: (text: string) => void = () => undefined
  const session = await cluster.exec(target, ['sh', '-c', 'while read -r line; do echo "<$line>"; done'], {
    onStdout: (bytes) => answer(Buffer.from(bytes).toString()),
    signal: never,
  })
  for (const word of ['one', 'two', 'three']) {
    const answered = new Promise<string>((resolve) => {
      answer = resolve
    })
    await session.write(Buffer.from(`${word}\n`))
    expect(await answered).toBe(`<${word}>\n`)
  }
})

test.each([
  ['no such pod', { pod: 'nobody' }, ['true'], 'gone'],
  ['a pod that is over', { pod: 'over' }, ['true'], 'gone'],
  ['no such container', { container: 'nobody' }, ['true'], 'refused'],
  ['no such program', {}, ['/nowhere'], 'refused'],
])('%s is told as such', async (_name, other, command, kind) => {
  await expect(run(command, { ...target, ...other })).rejects.toMatchObject({ name: 'ExecFailed', kind })
})

test('a container that ends takes its commands with it', async () => {
  await namespace.createPod('short')
  const watch = cluster.watchPods(namespace.name)
  await watch.until('short', runningOrOver, never)
  const over = until(watch, 'short')
  let begun: () => void = () => undefined
  const running = new Promise<void>((resolve) => {
    begun = resolve
  })
  const where = { ...target, pod: 'short' }
  const session = await cluster.exec(where, ['sh', '-c', 'echo begun; sleep 600'], { onStdout: begun, signal: never })
  await running
  await namespace.deletePod('short')
  const [ended] = await Promise.allSettled([session.ended])
  // Either the runtime still says how the command ended, or the connection broke.
  if (ended.status === 'fulfilled') expect(ended.value.exitCode).toBe(137)
  else expect(ended.reason).toMatchObject({ name: 'ExecFailed' })
  await over
  watch.close()
})

test('an abort closes the connection at once', async () => {
  const given = new AbortController()
  const session = await cluster.exec(target, ['sleep', '600'], { onStdout: () => undefined, signal: given.signal })
  given.abort(new Error('cancelled'))
  await expect(session.ended).rejects.toThrow('cancelled')
})
