import { readRunTests } from '../../../src/frameworks/reports/read-run-tests.ts'

// Reads a report several times and has nothing else to do; prints how many threads it started, and when it was done.

const [path = ''] = process.argv.slice(2)
let threads = 0
process.on('worker', () => {
  threads += 1
})
for (let times = 0; times < 6; times++) {
  const tests = await readRunTests({ files: [{ name: 'junit.xml', path }], framework: null })
  if (tests?.ran.length !== 1) throw new Error('the report was not read')
}
process.stdout.write(JSON.stringify({ threads, doneAtMs: Date.now() }))
