// Runs on the system's Node before anything is installed: plain JavaScript, nothing imported but Node.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** Exit 0 when node_modules holds what package-lock.json asks for, 1 when `npm ci` is needed. */
const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages

function missing() {
  // npm writes this file at the end of an installation, so an interrupted one has none.
  if (!existsSync('node_modules/.package-lock.json')) return 'nothing is installed'
  const installed = read('node_modules/.package-lock.json')
  for (const [path, wanted] of Object.entries(read('package-lock.json'))) {
    if (path === '' || wanted.optional || wanted.devOptional || wanted.peer) continue
    if (installed[path]?.integrity !== wanted.integrity) return `${path} is not ${wanted.version}`
  }
  const wanted = installed['node_modules/node']?.version
  const node = spawnSync('node_modules/.bin/node', ['--version'], { encoding: 'utf8' })
  return node.stdout?.trim() === `v${wanted}` ? undefined : `node_modules/.bin/node is not v${wanted}`
}

const reason = missing()
if (reason !== undefined) {
  console.error(`installing the npm packages: ${reason}`)
  process.exit(1)
}
