/** Servers that there are none of here, by what they would say of themselves. */
import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/adapters/postgres/index.ts'
import { ToolError } from '../../../src/model/error.ts'
import { fakeServer, type Script } from './fake-server.ts'

const secret = 'canary-4711'

const postgres = (text: string, version: number, more: Readonly<Record<string, string>> = {}): Script => ({
  answer: () => ({ text, version: String(version), backend: '1', ...more }),
})

const asked = async (script: Script, url = '') => {
  const server = await fakeServer(script)
  try {
    return await connect({ url: `postgres://ann:${secret}@127.0.0.1:${server.port}/shop${url}`, readOnly: true, statementTimeout: 1000 })
  } catch (error) {
    return error
  } finally {
    server.stop()
  }
}

describe('a server that cannot be read is named', () => {
  it.each([
    ['PostgreSQL 13.14 on x86_64-pc-linux-gnu', 130014, 'server-too-old', 'PostgreSQL 13,'],
    ['PostgreSQL 9.6.24 on x86_64-pc-linux-gnu', 90624, 'server-too-old', 'PostgreSQL 9.6,'],
    ['CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu)', 130000, 'not-postgresql', 'CockroachDB'],
    ['PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.65679', 80002, 'not-postgresql', 'Amazon Redshift'],
    ['PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu', 150002, 'not-postgresql', 'YugabyteDB'],
    ['PostgreSQL 12.12 (Greenplum Database 7.1.0)', 120012, 'not-postgresql', 'Greenplum'],
  ])('%s', async (text, version, code, name) => {
    const error = await asked(postgres(text, version))
    expect(error).toBeInstanceOf(ToolError)
    expect(error).toMatchObject({ code, exit: 3, message: expect.stringContaining(name), help: expect.stringContaining('14 to 18') })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toMatch(new RegExp(`${secret}|\\bann\\b`))
  })

  it('also when it knows nothing but its own version', async () => {
    const script: Script = { answer: (sql) => (sql === 'SELECT version() AS text' ? { text: 'CockroachDB CCL v24.1.0' } : undefined) }
    expect(await asked(script)).toMatchObject({ code: 'not-postgresql', exit: 3, message: expect.stringContaining('CockroachDB') })
    expect(await asked({ answer: () => undefined })).toMatchObject({ code: 'not-postgresql', exit: 3 })
  })
})

it('a server newer than what is known is read, and said to be', async () => {
  expect(await asked(postgres('PostgreSQL 19.1 on x86_64-pc-linux-gnu', 190001))).toMatchObject({
    version: 190001,
    caveats: [expect.stringContaining('PostgreSQL 19')],
  })
  expect(await asked(postgres('PostgreSQL 18.4 on x86_64-pc-linux-gnu', 180004))).toMatchObject({ caveats: [] })
})

describe('start-up options', () => {
  const told = async (refuses: NonNullable<Script['refuses']>, more: Readonly<Record<string, string>> = {}) => {
    const startups: string[] = []
    const session = await asked({
      ...postgres('PostgreSQL 18.4', 180004, more),
      refuses: (startup) => {
        startups.push(startup)
        return refuses(startup)
      },
    })
    return { session, startups }
  }

  it.each([
    ['08P01', 'unsupported startup parameter: options'],
    ['08P01', 'unsupported startup parameter in options: default_transaction_read_only'],
    ['0A000', 'Feature not supported: this proxy currently doesn’t support command-line options.'],
  ])('that are refused (%s, %s) are left out', async (sqlstate, words) => {
    const { session, startups } = await told((startup) => (startup.includes('default_transaction_read_only') ? [sqlstate, words] : undefined))
    expect(startups.map((each) => each.includes('-c default_transaction_read_only=on -c statement_timeout=1000'))).toEqual([true, false])
    expect(session).not.toBeInstanceOf(Error)
  })

  it('are asked for once where the password is wrong', async () => {
    const { session, startups } = await told(() => ['28P01', 'password authentication failed for user "ann"'])
    expect(session).toMatchObject({ code: 'connection-refused-credentials', exit: 3 })
    expect(startups).toHaveLength(1)
  })
})

it('a server that insists on TLS is said to', async () => {
  const refuses = (): readonly [string, string] => ['28000', 'no pg_hba.conf entry for host "127.0.0.1", user "ann", database "shop", no encryption']
  const error = await asked({ ...postgres('', 180004), refuses }, '?sslmode=disable')
  expect(error).toMatchObject({ code: 'tls-required', exit: 3, help: expect.stringContaining('sslmode=require') })
  expect(String((error as Error).stack)).not.toMatch(/\bann\b/)
})
