/** Spellings, and the law of `--fix`: what no finding names is kept byte for byte. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { simulateBatch } from '../../src/changes/batch.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import { besideText, sectionsOf, withSection } from '../../src/features/fix/beside.ts'
import { concurrentSpellings, notValidSpellings, tolerantIndexSpellings } from '../../src/features/fix/spelling.ts'
import { editedTexts, planFixes } from '../../src/features/fix.ts'
import { lint } from '../../src/features/lint.ts'
import type { History } from '../../src/model/history.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'

beforeAll(loadSql)

describe('spellings', () => {
  test('NOT VALID behind each constraint of a statement, not behind what only looks like one', () => {
    expect(notValidSpellings('ALTER TABLE a ADD CHECK (x > 0), ADD COLUMN b text /* check */, ADD FOREIGN KEY (c) REFERENCES d (e, f) -- end')).toEqual([
      'ALTER TABLE a ADD CHECK (x > 0) NOT VALID, ADD COLUMN b text /* check */, ADD FOREIGN KEY (c) REFERENCES d (e, f) -- end',
      'ALTER TABLE a ADD CHECK (x > 0), ADD COLUMN b text /* check */, ADD FOREIGN KEY (c) REFERENCES d (e, f) NOT VALID -- end',
    ])
    expect(notValidSpellings(`DO $x$ BEGIN ALTER TABLE a ADD CHECK (x <> ';'); END $x$`)).toEqual([
      `DO $x$ BEGIN ALTER TABLE a ADD CHECK (x <> ';') NOT VALID; END $x$`,
    ])
  })

  test('indexes, with what they say already', () => {
    expect(tolerantIndexSpellings('create index concurrently "a b" on t (x)')[1]).toBe('create index IF NOT EXISTS "a b" on t (x)')
    expect(tolerantIndexSpellings('DROP INDEX CONCURRENTLY IF EXISTS a')[1]).toBe('DROP INDEX IF EXISTS a')
    expect(concurrentSpellings('CREATE INDEX a ON t (x)')).toEqual(['CREATE INDEX CONCURRENTLY a ON t (x)'])
  })
})

test('a file beside the folder is read as it was written', () => {
  const sections = withSection(withSection([], '0001_a', ['DROP INDEX CONCURRENTLY x'], 'before'), '0002_b', ['CREATE INDEX CONCURRENTLY y ON t (a)'], 'before')
  const text = besideText(sections, 'before', 'drizzle.before.sql') ?? ''
  expect(sectionsOf(text, 'before')).toEqual(sections)
  expect(besideText(sectionsOf(text, 'before'), 'before', 'drizzle.before.sql')).toBe(text)
  expect(withSection(sections, '0001_a', ['DROP INDEX CONCURRENTLY x'], 'before')).toEqual(sections)
  expect(besideText([], 'before', 'drizzle.before.sql')).toBeUndefined()
})

const given = `CREATE TABLE customers (id bigint PRIMARY KEY, email text); CREATE TABLE "Orders" (id bigint PRIMARY KEY, customer bigint, price integer, note text);
  CREATE INDEX old_idx ON "Orders" (price)`

/** Statements that are mended, and those that are nobody's business, with odd blanks and comments between. */
const mended = [
  'ALTER TABLE "Orders"\tADD CONSTRAINT fk FOREIGN KEY(customer)\n  REFERENCES customers -- who\n (id)',
  'ALTER TABLE "Orders" ADD COLUMN a text, ADD CONSTRAINT positive CHECK (price > 0), ADD COLUMN b text',
  `DO $$ BEGIN\n ALTER TABLE "Orders" ADD CONSTRAINT short CHECK (length(note) < 9 AND note <> ';');\nEXCEPTION WHEN duplicate_object THEN null; END $$`,
  'create   index new_idx on "Orders" /* x */ (customer)',
  'DROP INDEX   old_idx',
]
const kept = [
  'CREATE TABLE fresh (id bigint PRIMARY KEY, "a b" text DEFAULT $$;$$)',
  `COMMENT ON TABLE customers IS 'ünï 💥 -- no comment; NOT VALID'`,
  'SELECT 1 /* a; b */',
  `INSERT INTO customers (id, email) VALUES (1, E'\\'')`,
  'CREATE VIEW seen AS SELECT "Orders".id FROM "Orders" -- CHECK',
]
const separators = [';\n--> statement-breakpoint\n', ';--> statement-breakpoint\r\n', ' ; \n\n', ';\n-- a word; between\n']

const historyOf = (texts: readonly string[]): History => ({
  folder: 'drizzle',
  layout: 'journal',
  migrations: texts.map((sql, index) => ({ tag: `m${index}`, index, path: `m${index}.sql`, sql, hash: undefined, when: index })),
  orphans: [],
  orphanSnapshots: [],
  faults: [],
  ledger: { schema: 'drizzle', table: '__drizzle_migrations' },
})

const fixedOnce = (texts: readonly string[]) => {
  const { steps } = replay(texts.map(readScript))
  const { batches, found } = lint(
    { history: historyOf(texts), steps, pending: { type: 'together', migrations: new Set([1]) }, runner: 'drizzle' },
    { policy: {}, postgres: 18, usage: () => ({}), now: 0 },
  )
  const [batch] = batches
  return planFixes(found, batch ?? simulateBatch([], 'drizzle', emptyCatalog), texts, () => undefined)
}

describe('planFixes', () => {
  test('changes only the statements that it names', () => {
    const file = fc.tuple(fc.shuffledSubarray([...mended, ...kept], { minLength: 1 }), fc.constantFrom(...separators), fc.boolean())
    fc.assert(
      fc.property(file, ([statements, separator, marked]) => {
        const texts = [given, `${marked ? '\uFEFF' : ''}${statements.join(separator)}`]
        const { edits } = fixedOnce(texts)
        const after = editedTexts(texts, edits)
        const named = new Set(edits.filter(({ start, end }) => start !== end).map(({ migration, start, end }) => texts[migration]?.slice(start, end)))
        expect(after[0]).toBe(given)
        const [own = '', mine = ''] = [texts[1], after[1]]
        // Each statement that stays, and all that stands between two statements, is there as it was.
        const script = readScript(own)
        let at = 0
        let place = 0
        const header = edits.find(({ start, end }) => start === end)?.text ?? ''
        for (const { text, start, end } of script.statements) {
          const between = own.slice(at, start.offset)
          const expected = at === 0 ? `${between.startsWith('\uFEFF') ? '\uFEFF' : ''}${header}${between.replace('\uFEFF', '')}` : between
          expect(mine.slice(place, place + expected.length)).toBe(expected)
          place += expected.length
          const edit = edits.find((each) => each.start === start.offset && each.end === end.offset)
          const now = edit?.text ?? text
          expect(mine.slice(place, place + now.length)).toBe(now)
          if (kept.some((sql) => sql.startsWith(text))) expect(named.has(text)).toBe(false)
          place += now.length
          at = end.offset
        }
        expect(mine.slice(place)).toBe(own.slice(at))
      }),
      { numRuns: 150, seed: 7 },
    )
  })

  test('a comment in the statement stays where it is', () => {
    const texts = [given, mended[0] ?? '']
    expect(editedTexts(texts, fixedOnce(texts).edits)[1]).toContain('REFERENCES customers -- who\n (id) NOT VALID')
  })
})
