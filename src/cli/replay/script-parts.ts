import type { Config } from '../../config.ts'
import { CommitSuiteError, type SuiteSpec } from '../../contract/index.ts'
import { TOOLCHAIN_ROOTS } from '../../executors/local/environment/passed-variables.ts'
import { detectFramework, detectionOf } from '../../frameworks/detect.ts'
import type { Template } from '../../frameworks/templates.ts'
import { ensureMirror, type MirrorLog } from '../../git/mirror.ts'
import { parseRepository } from '../../git/repository-ref.ts'
import { mirrorTreeReader } from '../../git/tree-reader.ts'
import type { ScriptParts } from './script.ts'

/** Set-up, command and variables of a run, found as its suite found them: from what the commit holds. */
export async function scriptParts(
  config: Config,
  spec: SuiteSpec,
  { sha, seed, attempt }: { sha: string; seed: number; attempt: number },
  log: MirrorLog,
): Promise<ScriptParts> {
  const { stateDir, gitTransports: transports, templatesDir } = config
  const repo = parseRepository(spec.repo, { transports })
  const signal = new AbortController().signal
  const mirror = await ensureMirror({ stateDir, repo, refs: [sha], transports, signal, heartbeat() {}, log })
  const project = await detectFramework(mirrorTreeReader({ path: mirror.path }, sha), spec.projectType, {
    ...(templatesDir === undefined ? {} : { userDir: templatesDir }),
    ...detectionOf(spec),
    // Nobody reads one.
    ownReports: true,
  })
  const command = spec.command ?? project.command
  if (command === undefined) throw new CommitSuiteError('internal', `Suite ${spec.id} has no command on record.`)
  const setup = spec.setup === null ? [] : spec.setup === undefined ? project.setup : [spec.setup]
  const toolchains = Object.fromEntries(
    Object.entries(TOOLCHAIN_ROOTS).flatMap(([name, folder]) => (folder === undefined ? [] : [[name, folder]])),
  )
  const image = spec.executor === 'kubernetes' ? await imageOf(project.template) : undefined
  return { setup, command, env: project.environment(seed, attempt, spec.env), toolchains, image }
}

async function imageOf(template: Template): Promise<string | undefined> {
  const { testContainer } = await import('../../executors/kubernetes/manifest/test-container.ts')
  const name = testContainer(template)
  return template.pod?.spec.containers.find((container) => container.name === name)?.image ?? template.image
}
