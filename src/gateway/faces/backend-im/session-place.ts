import type { SessionPlace } from '../../../../workflows/api.ts'
import { CommitSuiteError, type SessionRef } from '../../../contract/index.ts'
import type { Face } from './face.ts'

export type FoundPlace = SessionPlace & { namespace: string }

const asked = ({ executor, defaults }: Face, session: SessionRef, projectType: string) => ({
  session,
  executor,
  projectType,
  ...(defaults?.cluster === undefined ? {} : { cluster: defaults.cluster }),
})

/** Makes the place of a session or finds it there. Throws `template_not_found`, `environment_refused`, … */
export async function ensurePlace(face: Face, session: SessionRef, projectType: string): Promise<FoundPlace> {
  const place = await face.sessions.ensure(asked(face, session, projectType))
  const { namespace } = place
  if (namespace === null) throw new CommitSuiteError('internal', 'A session was made without a name.')
  return { ...place, namespace }
}

/** Undefined where there is none. Throws as `ensurePlace`. */
export async function findPlace(face: Face, session: SessionRef, projectType: string): Promise<FoundPlace | undefined> {
  const place = await face.sessions.find(asked(face, session, projectType))
  const { namespace } = place
  return namespace === null ? undefined : { ...place, namespace }
}
