import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { TestRepository } from './repository.ts'

/** A commit whose test fails at a rate. */
export interface Grade {
  /** Failures in a thousand runs. */
  rate: number
  /** By position; the commit before it unless given. */
  parents?: number[]
  /** Its set-up, `sh setup.sh`, fails. */
  broken?: boolean
}

/** Fails by commit and seed alone: a hash of the two against the commit's rate. */
const CHECK = `sum=$(printf '%s-%s' "$(cat number)" "$TEST_SEED" | cksum)
test $((\${sum%% *} % 1000)) -ge "$(cat rate)"
`
export const CHECK_COMMAND = 'sh check.sh'

const file = (path: string, text: string): string => `M 644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}`

function commitOf({ rate, parents, broken = false }: Grade, position: number): string {
  const [first, ...merged] = parents ?? (position === 0 ? [] : [position - 1])
  const subject = `commit ${position}`
  return [
    'commit refs/heads/main',
    `mark :${position + 1}`,
    `committer Test <test@example.org> ${1_700_000_000 + position} +0000`,
    `data ${subject.length}\n${subject}`,
    ...(first === undefined ? [] : [`from :${first + 1}`]),
    ...merged.map((parent) => `merge :${parent + 1}`),
    file('number', `${position}\n`) + file('rate', `${rate}\n`) + file('check.sh', CHECK),
    file('setup.sh', broken ? 'echo no toolchain >&2; exit 1\n' : 'true\n'),
  ].join('\n')
}

/** A repository with a commit per grade, the last of them the head of `main`. */
export async function gradedRepository(grades: readonly Grade[]): Promise<TestRepository> {
  const path = await mkdtemp(join(tmpdir(), 'cs-graded-'))
  const git = (args: string[], input = '') => execa('git', args, { cwd: path, input })
  await git(['init', '--quiet', '--initial-branch=main'])
  await git(['fast-import', '--quiet', '--export-marks=.git/marks'], `${grades.map(commitOf).join('\n')}\n`)
  await git(['checkout', '--quiet', 'main'])
  const marks = await readFile(join(path, '.git', 'marks'), 'utf8')
  const byMark = new Map([...marks.matchAll(/^(:\d+) (.+)$/gm)].map(([, mark = '', sha = '']) => [mark, sha]))
  const shas = grades.map((_, at) => byMark.get(`:${at + 1}`) ?? '')
  return { path, shas, remove: () => rm(path, { recursive: true, force: true }) }
}

/** A line of commits: one rate up to a commit, another from it on. */
export const rising = (count: number, culprit: number, before: number, from: number): Grade[] =>
  Array.from({ length: count }, (_, position) => ({ rate: position < culprit ? before : from }))
