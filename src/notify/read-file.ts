import { readFile } from 'node:fs/promises'
import { CommitSuiteError } from '../contract/index.ts'
import { checkDocument, parseYaml } from '../documents/yaml-document.ts'
import { NOTIFY_KEYS, type NotifyFile, notifyFileSchema } from './schema.ts'

/**
 * Reads the operator's file of targets. It is read whenever it is needed: a change holds from then on.
 *
 * @throws CommitSuiteError `config_invalid` naming file, line, field, value and rule of the first thing that is wrong
 */
export async function readNotifyFile(path: string): Promise<NotifyFile> {
  return checkDocument(
    parseYaml(await textOf(path), path, 'config_invalid'),
    notifyFileSchema,
    NOTIFY_KEYS,
    'config_invalid',
  )
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CommitSuiteError(
      'config_invalid',
      `COMMIT_SUITE_NOTIFY: ${reason}.`,
      { field: 'COMMIT_SUITE_NOTIFY' },
      { cause },
    )
  }
}
