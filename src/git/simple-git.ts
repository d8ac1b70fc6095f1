import { GitError, type SimpleGit, type SimpleGitOptions, simpleGit } from 'simple-git'
import { CommitSuiteError } from '../contract/index.ts'
import { type GitSetting, gitEnvironment } from './git-environment.ts'
import type { Mirror } from './mirror-repository.ts'
import { gitMissing } from './run-git.ts'

interface ReadingOptions {
  /** Where git runs; the root folder by default. */
  folder?: string
  /** Bare repository to read, instead of looking for one from `folder` upwards. */
  gitDir?: string
  /** The search for a repository ends below this folder. */
  ceiling?: string
  settings?: readonly GitSetting[]
  /** Written to the standard input. */
  input?: string
  signal?: AbortSignal
}

const SILENT_AFTER_MS = 60_000
/** Programs for a connection or a terminal: a reader has neither, and the library's guards against them stay up. */
const NOT_FOR_READERS = ['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_PAGER']

/**
 * The guards that our own environment would trip, each because it turns the thing off: hooks, file-system monitor,
 * filters, proxies, prompts, credential helpers and every transport. All others of the library stay up.
 */
const OFF_BY_OUR_ENVIRONMENT = {
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeFilter: true,
  allowUnsafeAskPass: true,
  allowUnsafeGitProxy: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeProtocolOverride: true,
}

/**
 * A simple-git instance for local queries whose answer is short text: it can neither connect nor run anything of the
 * repository, and options must be spelled in full. Settings travel in the environment, as `-c` cannot name a section
 * that holds "=". A git that says nothing for a minute is ended.
 */
function gitReader({ folder = '/', gitDir, ceiling, settings = [], input, signal }: ReadingOptions): SimpleGit {
  const place = {
    ...(gitDir === undefined ? {} : { GIT_DIR: gitDir }),
    ...(ceiling === undefined ? {} : { GIT_CEILING_DIRECTORIES: ceiling }),
  }
  const env = gitEnvironment({ settings, extra: place })
  for (const name of NOT_FOR_READERS) delete env[name]
  return simpleGit({
    baseDir: folder,
    maxConcurrentProcesses: 1,
    trimmed: false,
    timeout: { block: SILENT_AFTER_MS },
    // The library takes an exit for the end of the output otherwise.
    completion: { onClose: true, onExit: false },
    allowEnvironment: Object.keys(env),
    unsafe: OFF_BY_OUR_ENVIRONMENT,
    errors: failureOf,
    ...(input === undefined ? {} : { input: () => input }),
    ...(signal === undefined ? {} : { abort: signal }),
  }).env(env)
}

/**
 * The library takes every end without a word on stderr for a success, a kill from outside included. Exit code 1
 * without a word is git's "nothing found".
 */
const failureOf: NonNullable<SimpleGitOptions['errors']> = (error, { exitCode, stdErr }) => {
  if (error !== undefined || exitCode === 0 || (exitCode === 1 && stdErr.length === 0)) return error
  return new Error(`git ended early (exit code ${exitCode})`)
}

/**
 * What a local, reading git prints, decoded; empty where it finds nothing. Throws simple-git's `GitError`, the reason
 * of an aborted signal, or `not_supported` where there is no git. For bytes and process groups there is `runGit`.
 */
export async function readGit(args: string[], options: ReadingOptions): Promise<string> {
  options.signal?.throwIfAborted()
  try {
    return await gitReader(options).raw(args)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw gitMissing(error) ?? error
  }
}

/** What git prints about a mirror of ours; a failure is that of a damaged mirror (`fetch_failed`). */
export async function readMirror(mirror: Mirror, args: string[], input?: string): Promise<string> {
  try {
    return await readGit(args, { gitDir: mirror.path, ...(input === undefined ? {} : { input }) })
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new CommitSuiteError('fetch_failed', `The mirror ${mirror.path} is damaged: ${error.message}`)
  }
}
