import type { V1ResourceRequirements, V1Volume, V1VolumeMount } from '@kubernetes/client-node'
import { POD_ROOT, VOLUMES } from '../../../frameworks/template/reserved.ts'

/** Where the tree, HOME and the results lie in a pod; gone with it. */
export const ROOT = POD_ROOT
const TMP = '/tmp'

/** Where our volumes appear; /tmp only where the manifest mounts nothing there. */
export function ownMounts(theirs: readonly V1VolumeMount[] | undefined): V1VolumeMount[] {
  const taken = theirs?.some(({ mountPath }) => mountPath.replace(/\/+$/, '') === TMP) === true
  const root = { name: VOLUMES.root, mountPath: ROOT }
  return taken ? [root] : [root, { name: VOLUMES.tmp, mountPath: TMP }]
}

/** The volumes behind `ownMounts`, each at most as large as the container's whole disk may be. */
export function ownVolumes(
  { limits }: V1ResourceRequirements,
  theirs: readonly V1VolumeMount[] | undefined,
): V1Volume[] {
  const sizeLimit = limits?.['ephemeral-storage']
  return ownMounts(theirs).map(({ name }) => ({ name, emptyDir: sizeLimit === undefined ? {} : { sizeLimit } }))
}
