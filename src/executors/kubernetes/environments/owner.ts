import type { V1Namespace } from '@kubernetes/client-node'
import { sha12 } from '../../../contract/index.ts'
import type { EnvironmentOwner } from '../../environment-access.ts'
import { sessionNames } from '../../session-name.ts'
import { KEYS, laneNamespace, MANAGED_BY } from '../names.ts'

/** Annotations that say so; values are as long as they need to be. */
export function ownerAnnotations(owner: EnvironmentOwner): Record<string, string> {
  if (owner.kind === 'lane') {
    const { suite, sha, repo } = owner
    return { [KEYS.owner]: owner.kind, [KEYS.suite]: suite, [KEYS.sha]: sha, [KEYS.repo]: repo }
  }
  const { chat, user, key } = owner.session
  return { [KEYS.owner]: owner.kind, [KEYS.chat]: chat, [KEYS.user]: user, [KEYS.key]: key }
}

export function ownerLabels(owner: EnvironmentOwner): Record<string, string> {
  const managed = { [KEYS.managedBy]: MANAGED_BY }
  return owner.kind === 'session' ? managed : { ...managed, [KEYS.suite]: owner.suite, [KEYS.commit]: sha12(owner.sha) }
}

/** The names that an owner's environment may have, in the order in which they are tried. */
export function namesOf(owner: EnvironmentOwner): readonly [string, ...string[]] {
  return owner.kind === 'lane' ? [laneNamespace(owner.suite, owner.sha)] : sessionNames(owner.session)
}

/** Whether every annotation says that the namespace is this owner's. */
export const isOwnedBy = ({ metadata }: V1Namespace, owner: EnvironmentOwner): boolean =>
  Object.entries(ownerAnnotations(owner)).every(([name, value]) => metadata?.annotations?.[name] === value)

/**
 * Whose a namespace is, by its own word; undefined where label, annotations and name do not fit together, so that
 * it is none of ours, whatever its label says.
 */
export function ownerOf({ metadata }: V1Namespace): EnvironmentOwner | undefined {
  if (metadata?.labels?.[KEYS.managedBy] !== MANAGED_BY) return undefined
  const owner = annotatedOwner(metadata.annotations ?? {})
  return owner !== undefined && namesOf(owner).includes(metadata.name ?? '') ? owner : undefined
}

function annotatedOwner(annotations: Record<string, string>): EnvironmentOwner | undefined {
  const kind = annotations[KEYS.owner]
  if (kind === 'lane') {
    const { [KEYS.suite]: suite, [KEYS.sha]: sha, [KEYS.repo]: repo } = annotations
    if (suite === undefined || sha === undefined || repo === undefined) return undefined
    return { kind, suite, sha, repo }
  }
  const { [KEYS.chat]: chat, [KEYS.user]: user, [KEYS.key]: key } = annotations
  if (kind !== 'session' || chat === undefined || user === undefined || key === undefined) return undefined
  return { kind, session: { chat, user, key } }
}
