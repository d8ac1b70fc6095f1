import { findLocalSource, readSource } from './local-source.ts'
import { redactRepository } from './redact.ts'

/** Address of the remote `origin` of a local repository, credentials hidden; undefined where it has none. */
export async function remoteOf(path: string): Promise<string | undefined> {
  try {
    const { root } = await findLocalSource(path)
    const url = (await readSource(root, ['remote', 'get-url', 'origin'])).trim()
    return url === '' ? undefined : redactRepository(url)
  } catch {
    return undefined
  }
}
