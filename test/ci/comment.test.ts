/** The script that comments on a pull request, against a server that answers as GitHub does. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { root, temporary } from '../cli/cli.ts'

type Comment = { readonly id: number; body: string; readonly user: { readonly login: string } }
type Asked = { readonly method: string; readonly path: string; readonly token: string | undefined; readonly body: string }

const script = join(root, 'ci/comment/comment.mjs')
const bot = 'github-actions[bot]'
const mark = '<!-- pgstrata:lint -->'

let server: Server
let comments: Comment[] = []
let asked: Asked[] = []
/** Statuses that the next requests are refused with. */
let refusals: number[] = []

const textOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await textOf(request)
    const url = new URL(request.url ?? '/', 'http://server')
    asked.push({ method: request.method ?? '', path: url.pathname + url.search, token: request.headers.authorization, body })
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    const refused = refusals.shift()
    if (refused !== undefined) return answer(refused, { message: 'Resource not accessible by integration' })
    if (request.method === 'GET') {
      const page = Number(url.searchParams.get('page'))
      const size = Number(url.searchParams.get('per_page'))
      return answer(200, comments.slice((page - 1) * size, page * size))
    }
    if (request.method === 'POST') comments.push({ id: comments.length + 1, body: JSON.parse(body).body, user: { login: bot } })
    const [, id] = /\/comments\/(\d+)$/.exec(url.pathname) ?? []
    const found = comments.find((comment) => comment.id === Number(id))
    if (request.method === 'PATCH' && found) found.body = JSON.parse(body).body
    return answer(request.method === 'POST' ? 201 : found ? 200 : 404, {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())

let place: ReturnType<typeof temporary>
beforeEach(() => {
  place = temporary()
  comments = []
  asked = []
  refusals = []
  writeFileSync(join(place.path, 'event.json'), JSON.stringify({ pull_request: { number: 7 } }))
  writeFileSync(join(place.path, 'comment.md'), '# pgstrata lint\n\nfirst\n')
})
afterEach(() => place.remove())

const run = (env: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script], {
      env: {
        PATH: process.env.PATH,
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_REPOSITORY: 'some-one/some.thing',
        GITHUB_EVENT_PATH: join(place.path, 'event.json'),
        INPUT_FILE: join(place.path, 'comment.md'),
        INPUT_TOKEN: 'secret-token',
        PGSTRATA_RETRY_MS: '1',
        ...env,
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString('utf8')))
    child.on('close', (status) => resolve({ status, output }))
  })

const methods = () => asked.map(({ method }) => method)

test('writes a comment, brings it up to date, and leaves it alone when it says the same', async () => {
  expect(await run()).toEqual({ status: 0, output: 'pgstrata: a comment was written\n' })
  expect(asked.at(-1)).toMatchObject({ path: '/repos/some-one/some.thing/issues/7/comments', token: 'Bearer secret-token' })
  expect(comments.map(({ body }) => body)).toEqual([`${mark}\n# pgstrata lint\n\nfirst\n`])
  expect(await run()).toEqual({ status: 0, output: 'pgstrata: the comment says it already\n' })
  writeFileSync(join(place.path, 'comment.md'), 'second')
  expect(await run()).toEqual({ status: 0, output: 'pgstrata: the comment was brought up to date\n' })
  expect(comments.map(({ body }) => body)).toEqual([`${mark}\nsecond\n`])
  expect(methods()).toEqual(['GET', 'POST', 'GET', 'GET', 'PATCH'])
})

test('finds its comment behind hundreds of others, and never writes over another person’s', async () => {
  comments = Array.from({ length: 250 }, (_, at) => ({ id: at + 1, body: at === 3 ? `${mark}\nmine, not yours` : 'hello', user: { login: 'somebody' } }))
  comments.push({ id: 251, body: `${mark}\nold`, user: { login: bot } })
  await run()
  expect(comments[250]?.body).toBe(`${mark}\n# pgstrata lint\n\nfirst\n`)
  expect(comments[3]?.body).toContain('mine, not yours')
  expect(comments).toHaveLength(251)
})

test('two keys are two comments; a key is a word', async () => {
  await run()
  await run({ INPUT_KEY: 'check' })
  expect(comments.map(({ body }) => body.split('\n')[0])).toEqual([mark, '<!-- pgstrata:check -->'])
  expect(await run({ INPUT_KEY: 'a --> b' })).toMatchObject({ status: 2 })
})

test('where nothing is to be said, only a comment that is there is brought up to date', async () => {
  expect(await run({ INPUT_CREATE: 'false' })).toEqual({ status: 0, output: 'pgstrata: there is no comment, and none is wanted\n' })
  expect(methods()).toEqual(['GET'])
  await run()
  writeFileSync(join(place.path, 'comment.md'), 'clean')
  await run({ INPUT_CREATE: 'false' })
  expect(comments.map(({ body }) => body)).toEqual([`${mark}\nclean\n`])
})

test.each([401, 403, 404])('a token that may not write (%i) is a warning: annotations have everything', async (status) => {
  refusals = [status]
  const { status: code, output } = await run()
  expect(code).toBe(0)
  expect(output).toMatch(/^::warning title=pgstrata comment::/)
  expect(output).not.toContain('secret-token')
})

test('a busy server is asked once more; a broken one is an error', async () => {
  refusals = [503]
  expect(await run()).toMatchObject({ status: 0 })
  expect(methods()).toEqual(['GET', 'GET', 'POST'])
  refusals = [502, 502]
  expect(await run()).toMatchObject({ status: 1, output: expect.stringMatching(/^::error .*502/) })
  expect(await run({ GITHUB_API_URL: 'http://127.0.0.1:9' })).toMatchObject({ status: 1, output: expect.stringContaining('::error') })
})

test('says what is missing', async () => {
  expect(await run({ INPUT_FILE: join(place.path, 'gone.md') })).toMatchObject({ status: 2, output: expect.stringContaining('gone.md') })
  expect(await run({ GITHUB_EVENT_PATH: join(place.path, 'gone.json') })).toMatchObject({ status: 2 })
  expect(await run({ GITHUB_REPOSITORY: '../../user' })).toMatchObject({ status: 2 })
  writeFileSync(join(place.path, 'comment.md'), ' \n')
  expect(await run()).toMatchObject({ status: 2 })
  writeFileSync(join(place.path, 'comment.md'), 'x'.repeat(65_536))
  expect(await run()).toMatchObject({ status: 2, output: expect.stringContaining('--format comment=FILE') })
  writeFileSync(join(place.path, 'event.json'), '{}')
  expect(await run()).toMatchObject({ status: 0, output: expect.stringContaining('no pull request') })
  expect(asked).toEqual([])
})
