import { useEffect, useRef } from 'preact/hooks'
import { isDisconnected, isLive } from './api/connection.ts'
import { about, loadAbout, logOut } from './api/session.ts'
import { location } from './location.ts'
import CommitPage from './pages/commit.tsx'
import EnvironmentsPage from './pages/environments.tsx'
import IsolationPage from './pages/isolation.tsx'
import LoginPage from './pages/login.tsx'
import NewSuitePage from './pages/new-suite.tsx'
import RunPage from './pages/run.tsx'
import SearchPage from './pages/search.tsx'
import SearchesPage from './pages/searches.tsx'
import SuitePage from './pages/suite.tsx'
import SuitesPage from './pages/suites.tsx'
import SweepPage from './pages/sweep.tsx'
import SweepsPage from './pages/sweeps.tsx'
import TestHistoryPage from './pages/test-history.tsx'
import TestsPage from './pages/tests.tsx'
import UnknownPage from './pages/unknown.tsx'
import type { Route } from './router.ts'
import { nextTheme, theme } from './theme.ts'

const PLACES: readonly { name: string; address: string; pages: readonly Route['page'][] }[] = [
  { name: 'Suites', address: '#/suites', pages: ['suites', 'suite', 'commit', 'run', 'new-suite'] },
  { name: 'Searches', address: '#/searches', pages: ['searches', 'search', 'isolation'] },
  { name: 'Tests', address: '#/tests', pages: ['tests', 'test-history'] },
  { name: 'Sweeps', address: '#/sweeps', pages: ['sweeps', 'sweep'] },
  { name: 'Environments', address: '#/environments', pages: ['environments'] },
]

/** The frame round all pages. */
export function App() {
  const { route } = location.value
  useEffect(() => void loadAbout(), [])
  useFocusOnPage(JSON.stringify(route))
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <header>
        <div class="top">
          <a class="brand" href="#/suites">
            Commit Suite
          </a>
          <nav aria-label="Main">
            {PLACES.map(({ name, address, pages }) => (
              <a key={name} href={address} aria-current={pages.includes(route.page) ? 'page' : undefined}>
                {name}
              </a>
            ))}
          </nav>
          <div class="top-end">
            <Connection />
            <button type="button" class="plain" onClick={nextTheme} aria-label={`Theme: ${theme.value}`}>
              {THEME_SIGNS[theme.value]}
            </button>
            {about.value === null || about.value.keyless ? null : (
              <button type="button" class="plain" onClick={() => void logOut()}>
                Sign out
              </button>
            )}
          </div>
        </div>
        {isDisconnected.value ? (
          <p class="banner" role="alert">
            Disconnected, retrying. What is shown may be old; nothing is missed once the gateway is back.
          </p>
        ) : null}
      </header>
      <main id="main" tabIndex={-1}>
        <PageOf route={route} />
      </main>
    </>
  )
}

const THEME_SIGNS = { system: '◐', light: '☀', dark: '☾' } as const

/** Whether what is shown moves by itself. */
function Connection() {
  const [word, state] = isDisconnected.value ? ['disconnected', 'lost'] : isLive.value ? ['live', 'live'] : ['', 'idle']
  return (
    <span class={`connection is-${state}`} data-testid="connection" role="status">
      {word}
    </span>
  )
}

/** On another page the keyboard begins at its heading, as it does where a browser loads one. */
function useFocusOnPage(page: string): void {
  const isFirst = useRef(true)
  useEffect(() => {
    if (!isFirst.current) document.querySelector<HTMLElement>('main h1')?.focus()
    isFirst.current = false
  }, [page])
}

function PageOf({ route }: { route: Route }) {
  switch (route.page) {
    case 'suites':
      return <SuitesPage />
    case 'new-suite':
      return <NewSuitePage />
    case 'suite':
      return <SuitePage key={route.suite} suite={route.suite} />
    case 'commit':
      return <CommitPage key={`${route.suite} ${route.sha}`} suite={route.suite} sha={route.sha} />
    case 'run':
      return <RunPage key={route.run} run={route.run} />
    case 'searches':
      return <SearchesPage />
    case 'search':
      return <SearchPage key={route.search} search={route.search} />
    case 'isolation':
      return <IsolationPage key={route.isolation} isolation={route.isolation} />
    case 'tests':
      return <TestsPage />
    case 'test-history':
      return <TestHistoryPage />
    case 'sweeps':
      return <SweepsPage />
    case 'sweep':
      return <SweepPage key={route.sweep} sweep={route.sweep} />
    case 'environments':
      return <EnvironmentsPage />
    case 'login':
      return <LoginPage />
    case 'unknown':
      return <UnknownPage />
  }
}
