import type { Command } from '../../../contract/index.ts'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { CapturedStream, ExecutionContext, Preparation, PrepareRequest } from '../../executor.ts'
import { describeCommand } from '../../local/command-line.ts'
import { resolveSecrets } from '../../resolve-secrets.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import type { KubernetesHost } from '../host.ts'
import { encodeRequest } from '../in-pod/request.ts'
import { testContainer } from '../manifest/test-container.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { follow } from '../run/follow.ts'

const OUTPUT_BYTES = 65_536
/** Twice what is shown, because only the half at the end is the tail. */
const CAP_BYTES = 2 * OUTPUT_BYTES
const GRACE_MS = 3_000
const MARGIN_MS = 120_000

type Failure = Extract<Preparation, { ok: false }>

/** Runs the set-up commands in order in the prepare pod; undefined when all went well. */
export async function runSetup(
  host: KubernetesHost,
  watch: PodWatch,
  place: PodPlace,
  request: PrepareRequest,
  context: ExecutionContext,
): Promise<Failure | undefined> {
  const deadlineMs = Date.now() + request.timeoutMs
  for (const [index, command] of request.setup.entries()) {
    const timeoutMs = Math.max(1, deadlineMs - Date.now())
    const failure = await runStep(host, watch, place, { name: `setup-${index}`, command, timeoutMs }, request, context)
    if (failure !== undefined) return failure
  }
  return undefined
}

async function runStep(
  host: KubernetesHost,
  watch: PodWatch,
  place: PodPlace,
  { name, command, timeoutMs }: { name: string; command: Command; timeoutMs: number },
  { suite, workdir, env, secretEnv, template }: PrepareRequest,
  { signal }: ExecutionContext,
): Promise<Failure | undefined> {
  const withSecrets = { ...env, ...resolveSecrets(suite, secretEnv, host.secrets) }
  const followed = await follow(
    watch,
    {
      place,
      container: testContainer(template),
      name,
      request: encodeRequest({
        ...{ command, workdir, env: withSecrets, timeoutMs },
        ...{ graceMs: GRACE_MS, outputCapBytes: CAP_BYTES, files: false },
      }),
      collected: [],
      signal,
      withinMs: timeoutMs + GRACE_MS + MARGIN_MS,
    },
    { onStarted: nothing, onOutput: nothing, selectFiles: () => [], onArchive: nothing },
  )
  if (followed.type === 'lost') throw followed.error
  const output = [followed.stdout, followed.stderr]
  if (followed.type === 'pod ended') {
    if (followed.cause === 'exit') throw new CommitSuiteError('environment_lost', `The set-up: ${followed.message}`)
    return failure(command, null, output, followed.message)
  }
  const { exitCode, signal: killed, timedOut, oomKills } = followed.status
  if (exitCode === 0 && !timedOut) return undefined
  const why = timedOut ? 'its time-out' : oomKills > 0 ? 'the kernel, out of memory' : `signal ${killed}`
  return failure(command, exitCode, output, exitCode === null || timedOut ? `ended by ${why}` : '')
}

const nothing = async (): Promise<void> => undefined

function failure(command: Command, exitCode: number | null, streams: CapturedStream[], end: string): Failure {
  const bytes = Buffer.concat(streams.flatMap(({ head, tail }) => [head, tail]))
  const said = end === '' ? '' : `\n${end}`
  const output = bytes.subarray(-OUTPUT_BYTES + said.length).toString('utf8') + said
  return { ok: false, step: 'setup', command: describeCommand(command), exitCode, output }
}
