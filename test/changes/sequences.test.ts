import { beforeAll, describe, expect, it } from 'vitest'
import { statementsOf } from '../../src/changes/index.ts'
import { alteredOptions, initialOptions } from '../../src/changes/sequence-options.ts'
import { qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

describe('options', () => {
  it('that equal the defaults are left out', () => {
    expect(initialOptions('integer', { start: '1', increment: '1', minvalue: '1', maxvalue: '2147483647', cache: '1', cycle: 'false' })).toEqual({})
    expect(initialOptions('bigint', { increment: '-1', minvalue: 'none', maxvalue: '-1', start: '-1' })).toEqual({ increment: '-1' })
    expect(initialOptions('bigint', { minvalue: '5', start: '5' })).toEqual({ minvalue: '5' })
  })

  it('that are not altered keep the values of the server, not the defaults', () => {
    const plain = { type: 'bigint', options: {}, persistence: 'permanent' } as const
    expect(alteredOptions(plain, { increment: '-1' })).toEqual({ increment: '-1', start: '1', minvalue: '1', maxvalue: '9223372036854775807' })
    expect(alteredOptions({ ...plain, options: { minvalue: '5' } }, { minvalue: 'none' })).toEqual({ start: '5' })
    expect(alteredOptions({ ...plain, type: 'smallint' }, {}, 'bigint')).toEqual({})
    expect(alteredOptions({ ...plain, type: 'smallint', options: { maxvalue: '100' } }, {}, 'bigint')).toEqual({ maxvalue: '100' })
  })

  it.each([
    [{ increment: '0' }, 'INCREMENT must not be zero'],
    [{ minvalue: '5', start: '2' }, 'START value (2) cannot be less than MINVALUE (5)'],
    [{ maxvalue: '100000' }, 'MAXVALUE (100000) is out of range for sequence data type smallint'],
    [{ cache: '0' }, 'CACHE (0) must be greater than zero'],
    [{ minvalue: '5', increment: '-1' }, 'MINVALUE (5) must be less than MAXVALUE (-1)'],
  ])('%j is refused', (given, message) => expect(() => initialOptions('smallint', given)).toThrow(message))
})

describe('sequences of columns', () => {
  it('an identity makes its own sequence; nobody may take it', () => {
    const start = play('CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (START WITH 1 MAXVALUE 2147483647), n serial)')
    expect(start.catalog.sequences.get(qualified('public', 't_id_seq'))?.options).toEqual({})
    const made = start.changes.flatMap(({ change, before }) => (change.kind === 'create-sequence' ? statementsOf(change, before) : []))
    expect(made).toEqual(['CREATE SEQUENCE "public"."t_n_seq" AS int4'])
    expect(() => play('DROP SEQUENCE t_id_seq CASCADE', start)).toThrow('requires it')
    expect(() => play('ALTER SEQUENCE t_id_seq OWNED BY NONE', start)).toThrow('cannot change ownership of identity sequence')
    expect(() => play('DROP SEQUENCE t_n_seq', start)).toThrow('other objects depend on it')
  })

  it('RESTART is data', () => {
    const { changes } = play('ALTER SEQUENCE s RESTART WITH 5', play('CREATE SEQUENCE s'))
    expect(changes.map(({ change }) => change)).toEqual([
      { kind: 'change-data', command: 'ALTER SEQUENCE', relations: ['"public"."s"'], sql: 'ALTER SEQUENCE "public"."s" RESTART WITH 5' },
    ])
  })

  it('a temporary sequence only shadows', () => {
    const { changes, catalog } = play('CREATE TEMP SEQUENCE s; ALTER SEQUENCE s CYCLE; DROP SEQUENCE s')
    expect(changes.map(({ change }) => change.kind === 'use-temporary' && change.action)).toEqual(['create', 'alter', 'drop'])
    expect(catalog.sequences.size).toBe(0)
  })
})
