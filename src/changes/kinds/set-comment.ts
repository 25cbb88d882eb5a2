import { displayKey, parseKey } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { text } from '../../sql/tree.ts'
import { commentedObject, objectSql, relationOf } from '../comments.ts'
import { defineChange, noFootprint } from '../define.ts'
import { drop, put } from '../edit.ts'
import { locking } from '../footprint.ts'

export const setComment = defineChange({
  kind: 'set-comment',
  summary: 'A comment on anything is set or removed.',
  reads: {
    CommentStmt(reading, node) {
      const comment = text(node, 'comment')
      reading.emit({ kind: 'set-comment', object: commentedObject(reading, node), to: comment === '' ? undefined : comment })
    },
  },
  apply: ({ object, to }, catalog) => (to === undefined ? drop(catalog, 'comments', object) : put(catalog, 'comments', object, to)),
  invert: ({ object }, before) => [{ kind: 'set-comment', object, to: before.comments.get(object) }],
  toSql: ({ object, to }, before) => [`COMMENT ON ${objectSql(object, before)} IS ${to === undefined ? 'NULL' : quoteLiteral(to)}`],
  footprint({ object }) {
    const relation = relationOf(object)
    // A part of a table is found under ACCESS SHARE; its column counts as the table.
    return relation === undefined || ['constraint', 'trigger', 'policy', 'rule'].includes(parseKey(object).kind)
      ? noFootprint
      : locking('SHARE UPDATE EXCLUSIVE', relation)
  },
  describe: ({ object, to }) => `the comment on ${displayKey(object)} is ${to === undefined ? 'removed' : 'set'}`,
  touches: ({ object }) => [object],
  examples: [
    { given: 'CREATE TABLE t (a int CHECK (a > 0))', sql: `COMMENT ON TABLE t IS 'it''s a \\ table'` },
    { given: `CREATE TABLE t (a int); COMMENT ON COLUMN t.a IS 'x'`, sql: 'COMMENT ON COLUMN t.a IS NULL' },
    { given: 'CREATE TABLE t (a int CHECK (a > 0) PRIMARY KEY)', sql: `COMMENT ON CONSTRAINT t_a_check ON t IS 'x'` },
    { given: 'CREATE TABLE t (a int PRIMARY KEY)', sql: `COMMENT ON INDEX t_pkey IS 'x'` },
    { given: 'CREATE DOMAIN d AS int CHECK (VALUE > 0)', sql: `COMMENT ON DOMAIN d IS 'x'` },
    { given: 'CREATE DOMAIN d AS int CHECK (VALUE > 0)', sql: `COMMENT ON CONSTRAINT d_check ON DOMAIN d IS 'x'` },
    { given: 'CREATE SCHEMA s; CREATE SEQUENCE s.q', sql: `COMMENT ON SEQUENCE s.q IS 'x'` },
    { given: 'CREATE SCHEMA s', sql: `COMMENT ON SCHEMA s IS ''` },
  ],
})
