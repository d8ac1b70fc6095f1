import { split } from 'shlex'

const MOST_WORDS = 1024

/** The words of a test command, split as a shell would but not interpreted; `rule` says what is wrong with it. */
export function splitCommand(text: string): { argv: string[] } | { rule: string } {
  const argv = words(text)
  if (argv === undefined) return { rule: 'must close every quote and escape' }
  if (argv.length === 0 || argv[0] === '') return { rule: 'must name a program' }
  if (argv.length > MOST_WORDS) return { rule: `must have at most ${MOST_WORDS} words` }
  if (argv.some((word) => word.includes('\0'))) return { rule: 'must not contain a NUL byte' }
  return { argv }
}

function words(text: string): string[] | undefined {
  try {
    return split(text)
  } catch {
    return undefined
  }
}
