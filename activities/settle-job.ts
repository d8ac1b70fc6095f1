import {
  invalidInput,
  JOB_FILE,
  JOB_LIMITS,
  type JobSpec,
  jobParallelismSchema,
  jobRunsSchema,
  type OpenJobInput,
  type SoundRequest,
  type SuiteRequest,
  type SuiteSpec,
} from '../src/contract/index.ts'
import { type ReadFile, readFlakyDetectorFile } from '../src/documents/flaky-detector/read.ts'
import { readTestRules } from '../src/documents/test-rules.ts'
import { tooLarge } from '../src/documents/tested-file.ts'
import type { TreeReader } from '../src/frameworks/framework.ts'
import type { ProjectLookup } from './commit-project.ts'
import { frameworkName, isPython, settleInputs, settleOptions, settleSeeds } from './job-inputs.ts'
import { dayOf } from './rules-lookup.ts'

/** Throws `invalid_input` where a request is out of the bounds of a job, which are narrower than those of a suite. */
export function assertJob({ runs, parallelism = JOB_LIMITS.parallelism.default, commits }: SoundRequest): void {
  const bounded = [
    ['runs', runs, jobRunsSchema],
    ['parallelism', parallelism, jobParallelismSchema],
  ] as const
  for (const [field, value, schema] of bounded) {
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw invalidInput(field, value, `${parsed.error.issues[0]?.message} in a job`)
  }
  if (commits.length !== 1) throw invalidInput('commits', commits, 'a job tests one commit')
}

/** What the request of a job leaves to the repository's file. */
export function openInputs({ runs, seeds, parallelism, command }: SuiteRequest): OpenJobInput[] {
  const open: OpenJobInput[] = []
  if (runs === undefined && seeds === undefined) open.push('runs')
  if (parallelism === undefined) open.push('parallelism')
  if (command === undefined) open.push('test_command')
  return open
}

/** The file of a commit; undefined where it has none. Throws `config_invalid`. */
async function readJobFile(files: TreeReader): Promise<ReadFile | undefined> {
  const text = await files.read(JOB_FILE)
  if (text !== undefined) return readFlakyDetectorFile(text)
  if (await files.exists(JOB_FILE)) throw tooLarge(JOB_FILE)
  return undefined
}

/**
 * What the commit of a job settles: the request wins over the repository's file, and that over the defaults. Repeated,
 * for another commit too, it goes by the request again and not by what an earlier call filled in. Throws
 * `config_invalid` for the file, `invalid_input` where neither has a test command.
 */
export async function settleJob(
  files: TreeReader,
  project: ProjectLookup,
  { job, ...spec }: SuiteSpec & { job: JobSpec },
  sha: string,
): Promise<{ spec: SuiteSpec; seeds: number[] | undefined }> {
  const file = await readJobFile(files)
  const inputs = settleInputs({ ...spec, job }, sha, file)
  const seeds = settleSeeds(inputs, file?.seedRange)
  const detected = await project(inputs, sha)
  const framework = job.framework ?? frameworkName(detected)
  const { warnings } = await readTestRules(files, dayOf(new Date().toISOString()))
  const settled = { ...settleOptions(file, framework, isPython(detected.template)), warnings }
  return { spec: { ...inputs, job: { ...job, settled } }, seeds }
}
