import { type Answer, getJson, withQuery } from '../api/request.ts'
import { usePages } from '../api/use-pages.ts'
import { Badge } from '../components/badge.tsx'
import { MoreButton } from '../components/more.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { When } from '../components/when.tsx'
import { href } from '../router.ts'
import { answerWords } from './words.ts'

/** Isolations on record, newest first. */
export function Isolations() {
  const isolations = usePages(
    async (cursor, signal) => {
      const page: Answer<'listIsolations'> = await getJson(withQuery('/v1/isolations', { cursor }), { signal })
      return { items: page.isolations, next: page.next }
    },
    [],
    { everyMs: 3_000 },
  )
  return (
    <section class="part">
      <h2>Tests that others make fail</h2>
      <Loaded resource={isolations} what="Loading isolations">
        {(found) =>
          found.items.length === 0 ? (
            <Empty title="No isolation is on record.">
              <p>
                Find the tests that make one fail: <code>commit-suite isolate classname::name --run RUN</code>
              </p>
            </Empty>
          ) : (
            <>
              <div class="card flush scroll">
                <table class="stack">
                  <thead>
                    <tr>
                      <th scope="col">Isolation</th>
                      <th scope="col">Status</th>
                      <th scope="col">Answer</th>
                      <th scope="col">Started</th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.items.map(({ isolation, test, repo, status, answer, failure, startedAt }) => (
                      <tr key={isolation}>
                        <td class="test-name">
                          <a href={href(['isolations', isolation])}>{isolation}</a>
                          <span class="under quiet">
                            <code>{test}</code> in {repo}
                          </span>
                        </td>
                        <td>
                          <Badge status={status} />
                        </td>
                        <td data-label="Answer">{failure ?? answerWords(answer)}</td>
                        <td data-label="Started">
                          <When at={startedAt} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <MoreButton pages={isolations} />
            </>
          )
        }
      </Loaded>
    </section>
  )
}
