import { readFile, stat } from 'node:fs/promises'
import type { z } from 'zod'
import { type CommitSuiteError, invalidInput } from '../../contract/index.ts'
import { checkDocument, parseYaml, type YamlDocument } from '../../documents/yaml-document.ts'
import { clientFormSchema, fromClientForm } from './client-form.ts'
import { fromJobForm, jobFormSchema } from './job-form.ts'
import type { FileOptions } from './options.ts'
import { fromOwnForm, ownFormSchema, projectFormSchema } from './own-form.ts'

const LARGEST_FILE_BYTES = 1024 * 1024

/**
 * Reads the file of `--config` in any of its three forms, told apart by their keys: our own, a WebSocket client's
 * `config.json`, a `{repo, test_command, runs, parallelism}` job. Throws `config_invalid` naming file, line, key,
 * value and rule.
 */
export async function readConfigFile(path: string): Promise<FileOptions> {
  const document = await readDocument(path)
  switch (formOf(document.value)) {
    case 'client':
      return fromClientForm(check(document, clientFormSchema))
    case 'job':
      return fromJobForm(check(document, jobFormSchema))
    case 'own':
      return fromOwnForm(check(document, ownFormSchema))
  }
}

/** Reads a project's or user's own file of defaults; an empty one says nothing. */
export async function readDefaultsFile(path: string, owner: 'project' | 'user'): Promise<FileOptions> {
  const document = await readDocument(path)
  const given = { ...document, value: document.value ?? {} }
  if (owner === 'user') return fromOwnForm(check(given, ownFormSchema))
  // Those of the tested commit count, which need not be the one that is checked out here.
  const { quarantine: _, ignore: __, severity: ___, ...options } = check(given, projectFormSchema)
  return fromOwnForm(options)
}

const CLIENT_KEYS = ['ws_url', 'repo_url', 'user_id', 'chat_id', 'project_type']

/** Only a client has addresses and a session; of the rest, only a job spells `test_command` so. */
function formOf(value: unknown): 'client' | 'job' | 'own' {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  if (keys.some((key) => CLIENT_KEYS.includes(key))) return 'client'
  if (!keys.includes('test_command')) return 'own'
  return keys.includes('commits') && !keys.includes('repo') ? 'client' : 'job'
}

function check<S extends z.ZodObject>(document: YamlDocument, schema: S): z.output<S> {
  return checkDocument(document, schema, Object.keys(schema.shape), 'config_invalid')
}

async function readDocument(path: string): Promise<YamlDocument> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (!found.isFile()) throw invalidInput('configuration file', path, 'must be a file', undefined, 'config_invalid')
  if (found.size > LARGEST_FILE_BYTES) {
    throw invalidInput('configuration file', path, 'must not be larger than 1 MiB', undefined, 'config_invalid')
  }
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  return parseYaml(text, path, 'config_invalid')
}

function unreadable(path: string, cause: unknown): CommitSuiteError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  const rule = missing ? 'no such file' : 'cannot be read'
  return invalidInput('configuration file', path, rule, undefined, 'config_invalid')
}
