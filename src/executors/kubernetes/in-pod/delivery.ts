import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { pack as tarPack } from 'tar-stream'
import { RUNNER_FOLDER, SCRIPTS, scriptText } from './commands.ts'

const TAR_END_BYTES = 1024

let scripts: Promise<Uint8Array> | undefined

/**
 * The runner's scripts as the first member of a gzip stream whose next one is a pack: both unpack as one archive, as
 * this one lacks the end mark.
 */
async function packedScripts(): Promise<Uint8Array> {
  const archive = tarPack()
  for (const name of SCRIPTS) archive.entry({ name: `${RUNNER_FOLDER}/${name}`, mode: 0o644 }, scriptText(name))
  archive.finalize()
  const bytes = await buffer(archive)
  return await promisify(gzip)(bytes.subarray(0, bytes.byteLength - TAR_END_BYTES))
}

/** What `deliver.sh` unpacks: the runner, then the pack. */
export async function delivery(pack: { path: string; sizeBytes: number }) {
  scripts ??= packedScripts()
  const runner = await scripts
  return {
    sizeBytes: runner.byteLength + pack.sizeBytes,
    async *bytes(): AsyncGenerator<Uint8Array> {
      yield runner
      yield* createReadStream(pack.path, { highWaterMark: 256 * 1024 })
    },
  }
}
