import { type Answer, type Asked, answeringServer } from './answering-server.ts'

export interface FakeComment {
  id: number
  body: string
  user: { type: string } | null
}
interface FakeCheck {
  id: number
  head_sha: string
  name: string
  external_id: string | null
  [field: string]: unknown
}

/** Shapes and refusals of GitHub's REST API, version 2022-11-28, for one repository `org/project`. */
export async function fakeGithub() {
  const comments: FakeComment[] = []
  const checks: FakeCheck[] = []
  const pulls = new Map<string, { number: number; state: string }[]>()
  const next = () => 1000 + comments.length + checks.length
  const notFound: Answer = {
    status: 404,
    body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
  }

  function page<T>(all: T[], { query, path }: Asked): { items: T[]; headers: Record<string, string> } {
    const size = Number(query.get('per_page') ?? 30)
    const number = Number(query.get('page') ?? 1)
    const more = all.length > number * size
    return {
      items: all.slice((number - 1) * size, number * size),
      headers: more ? { link: `<${path}?per_page=${size}&page=${number + 1}>; rel="next"` } : {},
    }
  }
  const shownComment = (comment: FakeComment) => ({
    ...comment,
    html_url: `https://github.com/org/project/pull/7#issuecomment-${comment.id}`,
  })
  const shownCheck = (check: FakeCheck) => ({ ...check, html_url: `https://github.com/org/project/runs/${check.id}` })

  const routes: [string, RegExp, (asked: Asked, match: string[]) => Answer][] = [
    [
      'GET',
      /^\/repos\/org\/project\/commits\/(\w+)\/pulls$/,
      (asked, [sha = '']) => {
        const { items, headers } = page(pulls.get(sha) ?? [], asked)
        return { status: 200, body: items, headers }
      },
    ],
    [
      'GET',
      /^\/repos\/org\/project\/issues\/\d+\/comments$/,
      (asked) => {
        const { items, headers } = page(comments.map(shownComment), asked)
        return { status: 200, body: items, headers }
      },
    ],
    [
      'POST',
      /^\/repos\/org\/project\/issues\/\d+\/comments$/,
      ({ body }) => {
        const comment = { id: next(), body: JSON.parse(body).body, user: { type: 'Bot' } }
        comments.push(comment)
        return { status: 201, body: shownComment(comment) }
      },
    ],
    [
      'PATCH',
      /^\/repos\/org\/project\/issues\/comments\/(\d+)$/,
      ({ body }, [id]) => {
        const comment = comments.find((candidate) => String(candidate.id) === id)
        if (comment === undefined) return notFound
        comment.body = JSON.parse(body).body
        return { status: 200, body: shownComment(comment) }
      },
    ],
    [
      'GET',
      /^\/repos\/org\/project\/commits\/(\w+)\/check-runs$/,
      (asked, [sha]) => {
        const named = checks.filter((check) => check.head_sha === sha && check.name === asked.query.get('check_name'))
        const { items, headers } = page(named.map(shownCheck), asked)
        return { status: 200, body: { total_count: named.length, check_runs: items }, headers }
      },
    ],
    [
      'POST',
      /^\/repos\/org\/project\/check-runs$/,
      ({ body }) => {
        const check = { id: next(), ...JSON.parse(body) }
        checks.push(check)
        return { status: 201, body: shownCheck(check) }
      },
    ],
    [
      'PATCH',
      /^\/repos\/org\/project\/check-runs\/(\d+)$/,
      ({ body }, [id]) => {
        const check = checks.find((candidate) => String(candidate.id) === id)
        if (check === undefined) return notFound
        Object.assign(check, JSON.parse(body))
        return { status: 200, body: shownCheck(check) }
      },
    ],
  ]
  const server = await answeringServer((asked) => {
    if (asked.headers.authorization !== 'token t0ken')
      return { status: 401, body: { message: 'Bad credentials', status: '401' } }
    for (const [method, pattern, answer] of routes) {
      const match = pattern.exec(asked.path)
      if (method === asked.method && match !== null) return answer(asked, match.slice(1))
    }
    return notFound
  })
  return { ...server, comments, checks, pulls }
}
