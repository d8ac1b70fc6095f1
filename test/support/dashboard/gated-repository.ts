import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeGitRepository } from '../../fixtures/git-repository.ts'
import type { TestRepository } from '../repository.ts'
import { HOSTILE, HOSTILE_LOG, hostileReport } from './hostile.ts'

/** Waits until the test opens the gate of this run, or all of its suite; prints where it stands. */
const WAIT = `echo "waiting for $SUITE.$ATTEMPT"
until test -e "$GATES/$SUITE" -o -e "$GATES/$SUITE.$(cat number).$ATTEMPT"; do sleep 0.05; done
echo "let through"
`
/** Every third run fails, with hostile output on both streams. */
const TEST = `cat log.txt
if test $((ATTEMPT % 3)) -eq 2; then cp failed.xml r.xml; cat log.txt >&2; exit 1; fi
cp passed.xml r.xml
`

/**
 * A repository whose tests wait for gates and leave hostile words everywhere: in names of tests, messages, output and
 * the subjects of commits. \`sh wait.sh\` waits, \`sh test.sh\` tests.
 */
export async function gatedRepository(): Promise<TestRepository> {
  const root = await mkdtemp(join(tmpdir(), 'cs-gated-'))
  const sources: { source: string; subject: string }[] = []
  for (const [number, subject] of ['Plain words', HOSTILE.script].entries()) {
    const source = await mkdtemp(join(root, 'source-'))
    const files = {
      number: `${number}`,
      'wait.sh': WAIT,
      'test.sh': TEST,
      'log.txt': HOSTILE_LOG,
      'passed.xml': hostileReport(false),
      'failed.xml': hostileReport(true),
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(source, name), text)
    sources.push({ source, subject })
  }
  const { path, shas } = await makeGitRepository(join(root, 'repository'), sources)
  return { path, shas, remove: () => rm(root, { recursive: true, force: true }) }
}
