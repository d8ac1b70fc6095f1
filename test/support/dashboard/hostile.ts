/** What a test or its output may hold, and what a page must show as the text that it is. */
export const HOSTILE = {
  script: '<script>window.executed = 1</script>',
  image: '"><img src=x onerror="window.executed = 2">',
  /** Turns the letters behind it round where nothing isolates them. */
  bidi: 'test_\u202egnp.exe\u2066',
  long: `test_${'very_'.repeat(400)}long`,
  link: 'javascript:window.executed=3',
} as const

/** Names of tests as a report has them. */
const HOSTILE_NAMES = [HOSTILE.script, HOSTILE.image, HOSTILE.bidi, HOSTILE.long, HOSTILE.link] as const

const ESC = '\u001b'
/** Colours, a changed title, a link, a cleared screen, a cursor that goes up: a log shows the words between them. */
export const HOSTILE_LOG = [
  `${ESC}[31mred words${ESC}[0m and plain ones`,
  `${ESC}]0;stolen title\u0007after the title`,
  `${ESC}]8;;${HOSTILE.link}\u0007linked words${ESC}]8;;\u0007`,
  `${ESC}[2J${ESC}[10Aafter the cleared screen`,
  HOSTILE.script,
  HOSTILE.image,
  `a bell \u0007, a null \u0000 and a broken ${ESC}[`,
  'the last line',
].join('\n')

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** A JUnit report in which the tests of hostile names pass or fail together. */
export const hostileReport = (failing: boolean): string => {
  const failure = `<failure message="${escapeXml(HOSTILE.image)}">${escapeXml(HOSTILE.script)}</failure>`
  const cases = HOSTILE_NAMES.map(
    (name) => `<testcase classname="hostile" name="${escapeXml(name)}">${failing ? failure : ''}</testcase>`,
  )
  return `<testsuite name="hostile">${cases.join('')}<testcase classname="hostile" name="steady"/></testsuite>`
}
