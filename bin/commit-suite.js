#!/usr/bin/env node
// Plain JavaScript that an older Node can read too: it finds a Node that is new enough and hands over.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const NEEDED = [22, 19]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const newEnough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

if (newEnough) {
  await start()
} else {
  const own = path('../node_modules/node/bin/node')
  if (existsSync(own)) handOver(own)
  else refuse()
}

async function start() {
  // In the repository the sources run as they are; a package holds dist/ only, where Node strips no types.
  const source = path('../src/cli/main.ts')
  const main = existsSync(source) ? source : path('../dist/src/cli/main.js')
  hideExperimentalWarnings()
  const { enableCompileCache } = await import('node:module')
  enableCompileCache?.()
  await import(new URL(`file://${encodeURI(main)}`).href)
}

/** Type stripping and node:sqlite warn on every start of some versions; that is nothing the user can act on. */
function hideExperimentalWarnings() {
  const { emitWarning } = process
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'string' ? rest[0] : (rest[0]?.type ?? warning?.name)
    if (type !== 'ExperimentalWarning') emitWarning.call(process, warning, ...rest)
  }
}

/** As close to exec as Node comes: same streams, same signals, same end. */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches the child from the terminal itself; a second copy would force its exit.
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {
    if (process.stdin.isTTY !== true) child.kill('SIGINT')
  })
  child.on('error', (error) => {
    console.error(`error: cannot start ${node}: ${error.message}`)
    process.exitCode = 3
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0)))
}

function refuse() {
  console.error(
    `error: node: ${process.version} – Commit Suite needs Node ${NEEDED.join('.')} or newer. Install one, or run npm ci in the repository, which brings its own.`,
  )
  process.exitCode = 3
}
