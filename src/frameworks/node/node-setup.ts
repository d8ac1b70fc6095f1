import type { Command } from '../../contract/index.ts'
import type { TreeReader } from '../framework.ts'
import { readPackageJson } from './package-json.ts'

/** No advertisement in the output of a failed set-up, and no pointer to a log that goes with its HOME. */
const QUIET = '--no-audit --no-fund --no-update-notifier --logs-max=0'

/** Installs what package.json asks for with the manager whose lock file the commit holds; [] where it asks for nothing. */
export async function nodeSetup(files: TreeReader): Promise<Command[]> {
  const pkg = await readPackageJson(files)
  if (pkg === undefined || (pkg.dependencies.size === 0 && !pkg.hasWorkspaces)) return []
  if (await files.exists('pnpm-lock.yaml')) return [withManager('pnpm', 'install --frozen-lockfile')]
  if (await files.exists('yarn.lock')) return [withManager('yarn', await yarnInstall(files, pkg.packageManager))]
  const locked = (await files.exists('package-lock.json')) || (await files.exists('npm-shrinkwrap.json'))
  return [{ shell: `npm ${locked ? 'ci' : 'install --no-package-lock'} ${QUIET}` }]
}

/** Yarn 1 froze with `--frozen-lockfile`, its successors with `--immutable`. */
async function yarnInstall(files: TreeReader, packageManager: string): Promise<string> {
  const modern = /^yarn@[2-9]/.test(packageManager) || (await files.exists('.yarnrc.yml'))
  return modern ? 'install --immutable' : 'install --frozen-lockfile --non-interactive'
}

/** The manager of the host, else through corepack, else npm's own copy of it. */
function withManager(manager: 'pnpm' | 'yarn', rest: string): Command {
  const own = `if command -v ${manager} >/dev/null; then ${manager} ${rest}`
  const corepack = `elif command -v corepack >/dev/null; then COREPACK_ENABLE_DOWNLOAD_PROMPT=0 corepack ${manager} ${rest}`
  return { shell: `${own}; ${corepack}; else npx --yes ${manager} ${rest}; fi` }
}
