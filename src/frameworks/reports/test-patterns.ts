import picomatch from 'picomatch'
import type { ReportedTest } from './junit-report.ts'

/** Test classes within each other that are looked for at the end of a dotted class name. */
const DEEPEST_CLASSES = 3

/**
 * Matches tests by globs over their names. A test is known by its bare name, `classname::name`, `classname.name`,
 * `file::name`, and as pytest has it (`tests/test_x.py::TestX::test_a`). A `*` stands for anything, `/` included:
 * names are no paths. Brackets are taken as a set of characters and as they are, since names of parametrised tests
 * have them. A test without a name matches nothing.
 */
export function testPatterns(patterns: readonly string[]): (test: ReportedTest) => boolean {
  const exact = new Set(patterns)
  const globs = patterns.flatMap((pattern) =>
    [...new Set([pattern, pattern.replace(/[[\]]/g, '\\$&')])].map((form) => picomatch(flat(form), MATCHING)),
  )
  return (test) =>
    test.name !== '' && namesOf(test).some((name) => exact.has(name) || globs.some((matches) => matches(flat(name))))
}

const MATCHING = { dot: true, nonegate: true, noextglob: true, windows: false }

const flat = (text: string): string => text.replaceAll('/', '\u2215')

function namesOf({ classname, name, file }: ReportedTest): string[] {
  const names = [name]
  if (file !== '') names.push(`${file}::${name}`)
  if (classname === '') return names
  names.push(`${classname}::${name}`, `${classname}.${name}`)
  const parts = classname.split('.')
  for (let classes = 0; classes <= DEEPEST_CLASSES && classes < parts.length; classes++) {
    const modules = parts.slice(0, parts.length - classes)
    const rest = [...parts.slice(parts.length - classes), name].join('::')
    names.push(`${modules.join('.')}::${rest}`, `${modules.join('/')}.py::${rest}`)
  }
  return names
}
