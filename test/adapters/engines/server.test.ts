import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/adapters/engines/index.ts'
import { currentOwner } from '../../../src/adapters/engines/owner.ts'
import { commentOf, isStale, madeAt, newName, ownerIn } from '../../../src/adapters/engines/server/names.ts'
import { contract, failure } from './contract.ts'
import { type Given, givenServer, leftOn } from './given.ts'

let given: Given
beforeAll(async () => {
  given = await givenServer()
})
afterAll(async () => given?.[Symbol.asyncDispose]())

const open = (url: string, signal?: AbortSignal) => openEngine({ profile: 'replay', extensions: [] }, { url }, signal)

contract('a given server', {
  open: ({ extensions, signal }) => openEngine({ profile: 'replay', extensions }, { url: given.url() }, signal),
  stubbed: [],
  missing: ['postgis'],
  // The stand-in lies among the embedded server's extensions, and nothing adapts to it.
  withoutVector: true,
  remains: () => leftOn(given),
})

describe('a given server', () => {
  const databases = async () => (await given.session.query('SELECT datname FROM pg_database ORDER BY datname')).map(({ datname }) => datname)
  const roles = async () => (await given.session.query(`SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname`)).map(({ rolname }) => rolname)

  it('keeps its own databases and roles, and loses those that a run made', async () => {
    const before = [await databases(), await roles()]
    {
      await using engine = await open(given.url())
      await using session = await engine.session(await engine.createDatabase())
      await session.script(
        `CREATE ROLE strata_owner; DO $$ BEGIN CREATE ROLE strata_reader; END $$; CREATE TABLE t (n integer); GRANT SELECT ON t TO strata_reader; ALTER TABLE t OWNER TO strata_owner`,
      )
      await session.script('BEGIN; CREATE USER strata_undone; ROLLBACK')
      await given.session.script('CREATE ROLE somebody_elses')
      expect(await roles()).toEqual(expect.arrayContaining(['strata_owner', 'strata_reader']))
    }
    expect([await databases(), await roles()]).toEqual([before[0], [...(before[1] ?? []), 'somebody_elses'].toSorted()])
    await given.session.script('DROP ROLE somebody_elses')
  })

  it('touches no database that it did not make', async () => {
    await using engine = await open(given.url())
    for (const name of ['postgres', 'db_0']) {
      expect(await failure((async () => engine.session(name))())).toMatchObject({ message: expect.stringContaining(name) })
      expect(await failure(engine.dropDatabase(name))).toMatchObject({ message: expect.stringContaining(name) })
      expect(await failure(engine.createDatabase(name))).toMatchObject({ message: expect.stringContaining(name) })
    }
  })

  it('whose user may not create databases is refused, without a word of the password', async () => {
    await given.session.script('CREATE ROLE strata_plain LOGIN')
    const error = await failure(open(given.url('strata_plain')))
    expect(error).toMatchObject({ code: 'engine-no-createdb', exit: 3 })
    await given.session.script('ALTER ROLE strata_plain CREATEDB')
    await using engine = await open(given.url('strata_plain'))
    await engine.createDatabase()
    await engine[Symbol.asyncDispose]()
    await given.session.script('DROP ROLE strata_plain')
    expect(JSON.stringify([error?.message, error?.stack, error])).not.toContain('canary')
  })

  it.each([
    ['that is down', () => 'postgres://ann:canary-4711@127.0.0.1:9/d', 'server-down'],
    ['that does not know the user', () => given.url('nobody_here'), 'connection-refused-credentials'],
    ['that has no such database', () => given.url().replace('/postgres?', '/none?'), 'no-such-database'],
  ])('%s is said', async (_, url, code) => {
    const error = await failure(open(url()))
    expect(error).toMatchObject({ code, exit: 3 })
    expect(`${error?.message} ${error?.stack}`).not.toContain('canary')
  })

  it('says when it is of another major', async () => {
    await using engine = await openEngine({ profile: 'replay', extensions: [], major: 15 }, { url: given.url() })
    expect(engine.caveats.join()).toContain('PostgreSQL 15 was asked for')
  })

  it('is swept of what killed runs left, and of nothing else', async () => {
    const day = 24 * 3600_000
    const dead = { ...currentOwner(), started: '1' }
    const made = {
      dead: [newName(Date.now()), commentOf(dead)],
      old: [newName(Date.now() - 2 * day), undefined],
      young: [newName(Date.now()), undefined],
      alive: [newName(Date.now() - 2 * day), commentOf(currentOwner())],
      commented: [newName(Date.now() - 2 * day), 'the accounts of 2025'],
      likeOurs: [`pgstrata_${randomBytes(3).toString('hex')}`, undefined],
    } as const
    for (const [name, comment] of Object.values(made)) {
      await given.session.query(`CREATE DATABASE ${name} TEMPLATE template0`)
      if (comment) await given.session.query(`COMMENT ON DATABASE ${name} IS '${comment}'`)
    }
    await using engine = await open(given.url())
    expect(await leftOn(given)).toEqual(expect.not.arrayContaining([made.dead[0], made.old[0]]))
    expect((await leftOn(given)).toSorted()).toEqual([made.young[0], made.alive[0], made.commented[0], made.likeOurs[0]].toSorted())
    for (const name of await leftOn(given)) await given.session.query(`DROP DATABASE ${name}`)
    await engine[Symbol.asyncDispose]()
  })
})

describe('names and marks', () => {
  const now = Date.UTC(2026, 10, 29)
  it('say when and whose', () => {
    expect(madeAt(newName(now))).toBe(now)
    expect(newName(now).length).toBeLessThan(63)
    expect(['pgstrata', 'pgstrata_prod', 'pgstrata_lx_0', 'shop'].map(madeAt)).toEqual([undefined, undefined, undefined, undefined])
    expect(ownerIn(commentOf(currentOwner()))).toEqual(currentOwner())
    expect(ownerIn(JSON.stringify(currentOwner()))).toBeUndefined()
  })

  const old = newName(now - 25 * 3600_000)
  it.each([
    [{ name: old, comment: null, connections: 0 }, 'alive', true],
    [{ name: old, comment: null, connections: 1 }, 'dead', false],
    [{ name: old, comment: commentOf(currentOwner()), connections: 0 }, 'alive', false],
    [{ name: old, comment: commentOf(currentOwner()), connections: 0 }, 'elsewhere', true],
    [{ name: newName(now), comment: commentOf(currentOwner()), connections: 0 }, 'elsewhere', false],
    [{ name: newName(now), comment: commentOf(currentOwner()), connections: 0 }, 'dead', true],
    [{ name: 'pgstrata_prod', comment: commentOf(currentOwner()), connections: 0 }, 'dead', false],
  ] as const)('%j of a run that is %s: %s', (found, state, stale) => expect(isStale(found, now, () => state)).toBe(stale))
})
