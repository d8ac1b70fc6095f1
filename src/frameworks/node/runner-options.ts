import type { OrderOptions, TreeReader } from '../framework.ts'

/** A test runner that is told by options on its command line what its environment cannot say. */
export interface RunnerOptions {
  /** Options for a report, and what in a script or in settings says that the project has its own. */
  report: { options: readonly string[]; unless: RegExp }
  /** Options for a random order, for its seed alone, and what in a script or in settings asks for such an order. */
  order: { shuffle: readonly string[]; seed: readonly string[]; asked: RegExp } | undefined
  /** Files of the root that settings stand in. */
  settings: RegExp
}

/** What may stand before the runner in a script to which options can be appended. */
const BEFORE = /^(?:[A-Za-z_]\w*=\S*|-\S*|cross-env|env|npx|pnpm|yarn|bunx|exec|dotenv|c8|nyc|node|tsx)$/

/**
 * The options for the call of a runner; [] where something else comes last in its script, so that they would go there.
 * `call` is the runner's own command, or the script `test`, whose first word of `runner` is the runner.
 */
export async function runnerOptions(
  { report, order, settings }: RunnerOptions,
  { call, runner, files }: { call: string; runner: RegExp; files: TreeReader },
  { shuffle }: OrderOptions,
): Promise<string[]> {
  if (!isLastCall(call, runner)) return []
  const told = [call, ...(await settingsOf(files, settings))]
  const says = (pattern: RegExp): boolean => told.some((text) => pattern.test(text))
  const ordered =
    order === undefined ? [] : says(order.asked) ? order.seed : shuffle ? [...order.shuffle, ...order.seed] : []
  return [...(says(report.unless) ? [] : report.options), ...ordered]
}

function isLastCall(call: string, runner: RegExp): boolean {
  if (/[;&|<>`\n]|\$\(| -- /.test(call)) return false
  const words = call.trim().split(/\s+/)
  const at = words.findIndex((word) => runner.test(word))
  return at >= 0 && words.slice(0, at).every((word) => BEFORE.test(word))
}

async function settingsOf(files: TreeReader, names: RegExp): Promise<string[]> {
  const found = (await files.list('')).filter((name) => name === 'package.json' || names.test(name))
  const texts = await Promise.all(found.map((name) => files.read(name)))
  return texts.filter((text) => text !== undefined)
}
