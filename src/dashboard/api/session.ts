import { computed, signal } from '@preact/signals'
import { go, location } from '../location.ts'
import { href } from '../router.ts'
import { type ApiError, asApiError } from './api-error.ts'
import { type Answer, getJson, sendOnly } from './request.ts'

/** What the gateway says of itself and of us; null until it was asked. */
export const about = signal<Answer<'about'> | null>(null)

/** Whether this page may start and steer suites; it is the gateway that decides. */
export const mayRun = computed(() => about.value !== null && about.value.role !== 'read')
export const isAdmin = computed(() => about.value?.role === 'admin')

const AGAIN_MS = 2_000

/** Asks who we are, again and again while no answer comes: without one, pages offer nothing that changes anything. */
export async function loadAbout(): Promise<void> {
  try {
    about.value = await getJson<Answer<'about'>>('/v1/about')
  } catch (thrown) {
    const error = asApiError(thrown)
    if (!loginWhereNeeded(error) && error.status !== 403) setTimeout(() => void loadAbout(), AGAIN_MS)
  }
}

/** Exchanges an API key for a cookie. Throws `ApiError`. */
export async function logIn(key: string): Promise<void> {
  await sendOnly('POST', '/v1/session', { key })
  await loadAbout()
}

/** Ends the session and goes to the page where another is begun. */
export async function logOut(): Promise<void> {
  await sendOnly('DELETE', '/v1/session')
  about.value = null
  go(href(['login']))
}

/** Whether that was what was wrong. Where we were comes along, to return there. */
export function loginWhereNeeded(error: ApiError): boolean {
  if (error.status !== 401) return false
  about.value = null
  if (location.value.route.page !== 'login') go(href(['login'], { from: window.location.hash }))
  return true
}
