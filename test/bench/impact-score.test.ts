import { expect, test } from 'vitest'
import { f1, judge, judgeEntries, macro, micro, precision, rates, recall } from '../../bench/impact/score.ts'
import { isAccepted, isSameEntry, plainName, type Reported, type Target, targetText } from '../../bench/impact/truth.ts'

const file = 'app/api/chat/route.ts'

const target: Target = {
  id: 'chat:column:Chat.title',
  repo: 'vercel/ai-chatbot',
  commit: '9d5d8a3',
  target: { kind: 'column', name: 'Chat.title', tsTable: 'chat', tsColumn: 'title', schemaFile: 'schema.ts' },
  reads: [
    { entry: 'POST /api/chat', file, via: 'explicit' },
    { entry: 'page /chat/[id]', file: 'app/chat/[id]/page.tsx', via: 'implicit' },
  ],
  writes: [{ entry: 'POST /api/chat', file, via: 'explicit' }],
  deletes: [{ entry: 'DELETE /api/chat', file }],
  accept: [{ entry: 'GET /api/vote', as: 'reads' }],
  sure: 'high',
}

const reported = (entry: string, access: Reported['access'], via: Reported['via'] = 'explicit'): Reported => ({
  entry,
  file,
  line: 1,
  access,
  via,
  confidence: 'certain',
  path: [],
})

test('a right report has every pair and nothing else', () => {
  const verdict = judge(target, [
    reported('POST /api/chat', 'read'),
    reported('POST /api/chat', 'write'),
    reported('page /chat/:id', 'read', 'implicit'),
    reported('DELETE /api/chat', 'delete'),
  ])
  expect(verdict.all).toEqual({ hits: 3, false: 0, missed: 0 })
  expect(verdict.explicit).toEqual({ hits: 2, false: 0, missed: 0 })
})

test('an entry that reads and writes is two pairs', () => {
  const verdict = judge(target, [reported('POST /api/chat', 'read')])
  expect(verdict.all).toEqual({ hits: 1, false: 0, missed: 2 })
  expect(verdict.misses.map(({ entry, access }) => `${access} ${entry}`)).toEqual(['read page /chat/[id]', 'write POST /api/chat'])
})

test('what is accepted and what deletes rows counts for nothing, but only in the access that is accepted', () => {
  expect(judge(target, [reported('GET /api/vote', 'read'), reported('GET /other', 'delete')]).all.false).toBe(0)
  const verdict = judge(target, [reported('GET /api/vote', 'write')])
  expect(verdict.wrong.map(({ entry }) => entry)).toEqual(['GET /api/vote'])
})

test('explicit alone: an explicit entry that is labelled implicit is neutral, an implicit one that is labelled explicit is missed', () => {
  const tooSure = judge(target, [reported('page /chat/[id]', 'read', 'explicit')])
  expect(tooSure.explicit).toEqual({ hits: 0, false: 0, missed: 2 })
  expect(tooSure.all.hits).toBe(1)
  const tooShy = judge(target, [reported('POST /api/chat', 'read', 'implicit')])
  expect(tooShy.explicit).toEqual({ hits: 0, false: 0, missed: 2 })
  expect(tooShy.all).toEqual({ hits: 1, false: 0, missed: 2 })
})

test('a wrong implicit entry is wrong in all and not in explicit alone', () => {
  const verdict = judge(target, [reported('GET /api/other', 'read', 'implicit')])
  expect([verdict.explicit.false, verdict.all.false]).toEqual([0, 1])
})

test('an entry that is reported twice counts once, explicit where one of the two is', () => {
  const verdict = judge(target, [
    reported('POST /api/chat', 'read', 'implicit'),
    reported('POST /api/chat', 'read'),
    reported('x', 'read'),
    reported('x', 'read'),
  ])
  expect(verdict.explicit).toEqual({ hits: 1, false: 1, missed: 1 })
})

test('a baseline’s entry counts for every access that the labels have, a wrong one once', () => {
  const verdict = judgeEntries(target, [
    { entry: 'POST /api/chat', file },
    { entry: 'GET /wrong', file },
    { entry: 'GET /api/vote', file },
    { entry: 'DELETE /api/chat', file },
  ])
  expect(verdict.all).toEqual({ hits: 2, false: 1, missed: 1 })
  expect(verdict.explicit).toEqual({ hits: 2, false: 1, missed: 0 })
})

test('rates, over all pairs and over targets', () => {
  const [good, bad, empty] = [
    { hits: 8, false: 2, missed: 0 },
    { hits: 0, false: 0, missed: 2 },
    { hits: 0, false: 0, missed: 0 },
  ] as const
  expect([precision(good), recall(good), f1(good)]).toEqual([0.8, 1, 16 / 18])
  expect([precision(bad), recall(bad), f1(bad)]).toEqual([1, 0, 0])
  expect(rates(empty)).toEqual({ precision: 1, recall: 1, f1: 1 })
  expect(micro([good, bad, empty])).toEqual({ hits: 8, false: 2, missed: 2 })
  expect(macro([good, bad]).recall).toBe(0.5)
})

test('names are one where they differ in spaces, in how a parameter is written, and in groups of folders', () => {
  expect(plainName('GET  /api/chat/[id]/stream/')).toBe('GET /api/chat/:id/stream')
  expect(plainName('get /api/:id{[0-9]+}')).toBe('GET /api/:id')
  expect(plainName('page /(chat)/[[...rest]]')).toBe('page /:...rest')
  expect(plainName('PATCH /products/{product_id}')).toBe('PATCH /products/:product_id')
  expect(plainName('page /')).toBe('page /')
  expect(isSameEntry({ entry: 'GET /a', file }, { entry: 'GET /b', file })).toBe(false)
  expect(isSameEntry({ entry: 'trpc a.b', file }, { entry: 'trpc a.c', file })).toBe(false)
})

test('a handler of all verbs is each of them; jobs are one by kind and file', () => {
  expect(isSameEntry({ entry: 'ALL /api/x', file }, { entry: 'POST /api/x', file: 'other.ts' })).toBe(true)
  expect(isSameEntry({ entry: 'ANY /api/x', file }, { entry: 'ALL /api/y', file })).toBe(false)
  expect(isSameEntry({ entry: 'ALL /api/x', file }, { entry: 'page /x', file })).toBe(false)
  expect(isSameEntry({ entry: 'lambda handler (Expiry, cron)', file }, { entry: 'cron daily', file })).toBe(true)
  expect(isSameEntry({ entry: 'lambda handler (Expiry, cron)', file }, { entry: 'lambda handler (Expiry, sqs)', file: 'other.ts' })).toBe(false)
  expect(isAccepted('callback *', { entry: 'callback auth.onEnd', file })).toBe(true)
  expect(isAccepted('callback *', { entry: 'GET /callback', file })).toBe(false)
})

test('a target is written as the command line takes it', () => {
  expect(targetText(target)).toBe('column:Chat.title')
})
