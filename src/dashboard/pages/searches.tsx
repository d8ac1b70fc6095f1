import { percent } from '../../report/format.ts'
import { type Answer, getJson, withQuery } from '../api/request.ts'
import { usePages } from '../api/use-pages.ts'
import { Badge } from '../components/badge.tsx'
import { MoreButton } from '../components/more.tsx'
import { Page } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { Isolations } from '../isolation/list.tsx'
import { href } from '../router.ts'
import { commandText } from '../suite/facts.tsx'

type Listed = Answer<'listSearches'>['searches'][number]

/** Searches and isolations on record, newest first. */
export default function SearchesPage() {
  const searches = usePages(
    async (cursor, signal) => {
      const page: Answer<'listSearches'> = await getJson(withQuery('/v1/searches', { cursor }), { signal })
      return { items: page.searches, next: page.next }
    },
    [],
    { everyMs: 3_000 },
  )
  return (
    <Page title="Searches">
      <section class="part">
        <h2>Culprit searches</h2>
        <Loaded resource={searches} what="Loading searches">
          {(found) =>
            found.items.length === 0 ? (
              <Empty title="No search is on record.">
                <p>
                  Find the commit that broke a test: <code>commit-suite bisect --good v1.4 --command 'pytest -x'</code>
                </p>
              </Empty>
            ) : (
              <>
                <Table searches={found.items} />
                <MoreButton pages={searches} />
              </>
            )
          }
        </Loaded>
      </section>
      <Isolations />
    </Page>
  )
}

const Table = ({ searches }: { searches: readonly Listed[] }) => (
  <div class="card flush scroll">
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">Search</th>
          <th scope="col">Status</th>
          <th scope="col">Answer</th>
          <th scope="col">Started</th>
        </tr>
      </thead>
      <tbody>
        {searches.map((search) => (
          <tr key={search.search}>
            <td class="test-name">
              <a href={href(['searches', search.search])}>{search.search}</a>
              <span class="under quiet">
                <code>{commandText(search.command)}</code> in {search.repo}
              </span>
            </td>
            <td>
              <Badge status={search.status} />
            </td>
            <td data-label="Answer">
              <Outcome search={search} />
            </td>
            <td data-label="Started">
              <When at={search.startedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

function Outcome({ search: { answer, culprit, failure } }: { search: Listed }) {
  if (failure !== null) return <span class="group-message">{failure}</span>
  if (answer === 'culprit' && culprit !== null) {
    return (
      <>
        <code>{culprit.sha.slice(0, 12)}</code> {percent(culprit.probability)}
        <bdi class="subject">{culprit.subject}</bdi>
      </>
    )
  }
  return <span class="quiet">{answer === null ? 'none yet' : answer.replaceAll('-', ' ')}</span>
}
