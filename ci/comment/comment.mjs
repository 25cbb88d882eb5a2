// Writes one comment on a pull request, and finds it again by a hidden mark. Reads everything from the environment; prints one line.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** GitHub's limit, characters. */
const longest = 65_536
const perPage = 100
const mostPages = 50
const patience = 30_000

const env = (name, fallback = '') => process.env[name] || fallback
const key = env('INPUT_KEY', 'lint')
const author = env('INPUT_AUTHOR', 'github-actions[bot]')
const api = env('GITHUB_API_URL', 'https://api.github.com').replace(/\/+$/, '')
const repository = env('GITHUB_REPOSITORY')

/** Ends with a line that GitHub shows. A text must not begin another command. */
const end = (level, text, code) => {
  console.log(`::${level} title=pgstrata comment::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`)
  process.exit(code)
}

const readOr = (path, otherwise) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise()
  }
}

const numberOf = () => {
  const event = readOr(env('GITHUB_EVENT_PATH'), () => end('error', 'There is no event to read (GITHUB_EVENT_PATH).', 2))
  const { pull_request: pull, number } = JSON.parse(event)
  const found = pull?.number ?? number
  return Number.isInteger(found) ? found : end('notice', 'This run is for no pull request: there is nothing to comment on.', 0)
}

class Refused extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

const request = async (method, path, body) => {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${env('INPUT_TOKEN')}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'pgstrata',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(patience),
  })
  if (response.ok) return response.json()
  const said = await response.json().catch(() => ({}))
  throw new Refused(response.status, `${method} ${path}: ${response.status} ${typeof said.message === 'string' ? said.message : ''}`.trim())
}

/** A server that is busy is asked once more. Writing is repeated only where nothing can have been written. */
const ask = async (method, path, body) => {
  try {
    return await request(method, path, body)
  } catch (error) {
    if (!(error instanceof Refused) || ![429, 502, 503].includes(error.status)) throw error
    await sleep(Number(env('PGSTRATA_RETRY_MS', '2000')))
    return request(method, path, body)
  }
}

const mark = `<!-- pgstrata:${key} -->`

/** The comment of the last run. Another person's comment is never written over, whatever it begins with. */
const findOwn = async (path) => {
  for (let page = 1; page <= mostPages; page++) {
    const comments = await ask('GET', `${path}?per_page=${perPage}&page=${page}`)
    const own = comments.find(({ body, user }) => typeof body === 'string' && body.startsWith(mark) && user?.login === author)
    if (own) return own
    if (comments.length < perPage) return undefined
  }
  return undefined
}

const bodyOf = () => {
  const text = readOr(env('INPUT_FILE'), () =>
    end('error', `The file ${env('INPUT_FILE')} cannot be read: has pgstrata written it (--format comment=FILE)?`, 2),
  ).trim()
  if (text === '') end('error', `The file ${env('INPUT_FILE')} is empty.`, 2)
  const whole = `${mark}\n${text}\n`
  if (whole.length > longest) end('error', `The text has ${whole.length} characters; GitHub takes ${longest}. Write it with --format comment=FILE.`, 2)
  return whole
}

const main = async () => {
  if (!/^[\w-]+$/.test(key)) end('error', 'key wants letters, digits, - and _.', 2)
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) end('error', 'GITHUB_REPOSITORY names no repository.', 2)
  const number = numberOf()
  const body = bodyOf()
  const comments = `/repos/${repository}/issues/${number}/comments`
  const own = await findOwn(comments)
  if (own?.body === body || own?.body === body.trimEnd()) return 'the comment says it already'
  if (own) {
    await ask('PATCH', `/repos/${repository}/issues/comments/${own.id}`, { body })
    return 'the comment was brought up to date'
  }
  if (env('INPUT_CREATE', 'true') === 'false') return 'there is no comment, and none is wanted'
  await ask('POST', comments, { body })
  return 'a comment was written'
}

try {
  console.log(`pgstrata: ${await main()}`)
} catch (error) {
  // A fork's pull request has a token that only reads: annotations and summary say all of it.
  if (error instanceof Refused && [401, 403, 404].includes(error.status))
    end('warning', `The token may not write comments here (${error.message}). Annotations and summary have everything.`, 0)
  end('error', error instanceof Error ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}` : String(error), 1)
}
