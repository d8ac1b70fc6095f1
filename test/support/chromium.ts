import { execa } from 'execa'
import { type Browser, chromium } from 'playwright-core'
import { findOnPath } from '../../src/temporal/server-binary/on-path.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const

/** The system's Chromium: the one `CHROMIUM` names, else the first of the usual names on PATH. */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (env.CHROMIUM !== undefined && env.CHROMIUM !== '') return env.CHROMIUM
  for (const name of NAMES) {
    const found = await findOnPath(name, env.PATH)
    if (found !== undefined) return found
  }
  throw new Error(
    `None of ${NAMES.join(', ')} is on PATH, and the dashboard is tested in a real browser. Install one ` +
      '(Debian and Ubuntu: apt-get install chromium fonts-dejavu-core), or name it in CHROMIUM.',
  )
}

/** Chromium's own sandbox is made of namespaces, which root cannot have and some containers refuse. */
async function canSandbox(): Promise<boolean> {
  if (process.getuid?.() === 0) return false
  const { exitCode } = await execa('unshare', ['--user', '--pid', '--net', '--fork', 'true'], { reject: false })
  return exitCode === 0
}

/** A browser without a window and with a profile of its own, which goes with it. */
export async function launchChromium(): Promise<Browser> {
  const [executablePath, chromiumSandbox] = await Promise.all([findChromium(), canSandbox()])
  return await chromium.launch({ executablePath, chromiumSandbox, args: ['--disable-dev-shm-usage'] })
}
