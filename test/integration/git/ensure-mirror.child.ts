import { ensureMirror } from '../../../src/git/mirror.ts'
import { parseRepository } from '../../../src/git/repository-ref.ts'

/** A process of its own that makes a mirror: `ensure-mirror.child.ts STATE REPO`; prints `waiting` at each heartbeat and the path. */
const [stateDir = '', repo = ''] = process.argv.slice(2)
const mirror = await ensureMirror({
  stateDir,
  repo: parseRepository(repo, { transports: ['file'] }),
  refs: ['HEAD'],
  signal: new AbortController().signal,
  heartbeat: () => process.stdout.write('waiting\n'),
  log: { info() {}, warn() {} },
})
process.stdout.write(`${mirror.path}\n`)
