import type { Command, SessionRef, SuiteEvent } from '../../../contract/index.ts'
import type { Caller } from '../../auth/caller.ts'
import type { ClientMessage } from './client-message.ts'
import type { Face } from './face.ts'
import { faultMessage } from './fault-message.ts'
import { LiveTail } from './live-tail.ts'
import { complete, errorMessage, type Update, update } from './messages.ts'
import type { Send } from './outbox.ts'
import { performTest } from './perform-test.ts'
import { type FoundPlace, findPlace } from './session-place.ts'
import { stepsOf, type TestCourse } from './steps.ts'
import type { Step } from './test-results.ts'

type StreamedTest = Extract<ClientMessage, { kind: 'streamed_test' }>

/** Who is told, and until when. */
export interface Audience {
  caller: Caller
  send: Send
  signal: AbortSignal
}

/** Dialect 2: a test told as it goes, from `start` to `test_complete`. Each message is sent before the next is made. */
export async function streamTest(face: Face, message: StreamedTest, { caller, send, signal }: Audience): Promise<void> {
  const { project, request, startCommand } = message
  const session = projectSession(project, caller)
  const tell = (one: Update) => send(update('test', one))
  const { projectType, commitHash, testCommand } = request
  let place: FoundPlace | undefined
  try {
    place = await findPlace(face, session, projectType)
  } catch (error) {
    return await send(errorMessage('namespace_check_failed', faultMessage(face, error, projectType)))
  }
  if (place === undefined) {
    return await send(
      errorMessage('namespace_required', `There is no namespace of project ${project}; set it up first.`),
    )
  }
  const found = place
  const test_cmd = testCommand ?? inWords(place.command)
  await tell({ type: 'start', data: { commit: commitHash, test_cmd, namespace: place.namespace } })
  if (startCommand !== null) {
    await tell({ type: 'log', data: { message: 'startCommand is not used: the application is tested, not deployed.' } })
  }
  const story = new TestStory(face, tell)
  try {
    const asked = { session, caller, request, place: async () => found }
    const { results, message: said } = await performTest(face, asked, signal, (...news) => story.tell(...news))
    await story.end()
    if (results.status === 'error') await tell({ type: 'error', data: failed(said, results.steps) })
    await tell({ type: 'result', data: results })
    await tell({ type: 'complete', data: { status: results.status } })
    await send(complete('test', results.success, said ?? `The tests ${results.status}.`, results))
  } catch (error) {
    signal.throwIfAborted()
    const text = faultMessage(face, error, projectType)
    await tell({ type: 'error', data: { message: text } })
    await send(complete('test', false, text))
  }
}

/** Sessions of this dialect have one name. */
export const projectSession = (project: string, { key }: Caller): SessionRef => ({
  chat: project,
  user: '',
  key: key ?? '',
})

function inWords(command: Command | null | undefined): string | null {
  if (command === null || command === undefined) return null
  return 'shell' in command ? command.shell : command.argv.join(' ')
}

const failed = (message: string | undefined, steps: readonly Step[]) => {
  const step = steps.at(-1)?.step
  return { message: message ?? 'The tests could not be run.', ...(step === undefined ? {} : { step }) }
}

/** Tells what is new of a test that is looked at again and again. */
class TestStory {
  readonly #face: Face
  readonly #tell: (one: Update) => Promise<void>
  readonly #tail: LiveTail
  #steps = 0
  #events = 0
  #saidCommand = false

  constructor(face: Face, tell: (one: Update) => Promise<void>) {
    this.#face = face
    this.#tell = tell
    this.#tail = new LiveTail(face.store.logs, (stream, text) =>
      tell({ type: 'output', data: { stdout: '', stderr: '', [stream]: text } }),
    )
  }

  async tell(course: TestCourse, suite: string): Promise<void> {
    const steps = stepsOf(course)
    for (const step of steps.slice(this.#steps)) await this.#tell({ type: 'step', data: step })
    this.#steps = steps.length
    for (const event of course.events.slice(this.#events)) await this.#tellEvent(event, suite)
    this.#events = course.events.length
    await this.#tail.read(course.events)
  }

  async end(): Promise<void> {
    await this.#tail.end()
  }

  async #tellEvent(event: SuiteEvent, suite: string): Promise<void> {
    if (event.type === 'run.started' && !this.#saidCommand) {
      this.#saidCommand = true
      const command = inWords((await this.#face.store.suites.get(suite))?.spec.command)
      if (command !== null) await this.#tell({ type: 'command', data: { command } })
    }
    const message = hindrance(event)
    if (message !== undefined) await this.#tell({ type: 'log', data: { message } })
  }
}

/** What keeps a test from going on, or is missing in its environment. */
function hindrance(event: SuiteEvent): string | undefined {
  switch (event.type) {
    case 'run.waiting':
      return event.data.reason
    case 'run.retried':
      return `The run was lost and is tried again: ${event.data.message ?? event.data.fault}`
    case 'environment.step':
      return event.data.step === 'waiting' ? event.data.message : event.data.warnings?.join('; ')
    default:
      return undefined
  }
}
