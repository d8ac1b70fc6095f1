import { dirname, join } from 'node:path'
import { execa } from 'execa'

/** Runs the test cluster's own kubectl with the rights of an operator; throws with what it said. */
export async function kubectl(args: readonly string[]): Promise<string> {
  const { KUBECONFIG = '' } = process.env
  const { stdout } = await execa(join(dirname(KUBECONFIG), 'bin', 'kubectl'), args, { env: { KUBECONFIG } })
  return stdout
}
