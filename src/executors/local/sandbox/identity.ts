import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Uid and gid of everything that runs in a sandbox. Fixed, in nobody's passwd and outside the ranges that
 * distributions hand out (below 60,000 and from 100,000 on): runs are kept apart by namespaces, not by their uid.
 */
export const SANDBOX_UID = 65533

/** Uid and gid of the network forwarder: the code under test can neither signal nor trace it. */
export const FORWARDER_UID = 65532

/**
 * Gives a prepared tree or HOME to the sandbox's user, links themselves and not their targets. Root's checkout
 * belongs to root, so the prepare step calls this once after the checkout and before the first launch.
 * Launches themselves hand over only the fresh upper and temporary directories.
 */
export async function ownTree(path: string): Promise<void> {
  const owner = `${SANDBOX_UID}:${SANDBOX_UID}`
  await promisify(execFile)('chown', ['--recursive', '-P', '--no-dereference', owner, '--', path])
}
