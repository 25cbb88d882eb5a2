/** `db.execute(sql`…`)`, also of a plain string. */
import { any, type CallSite, type Value } from '../value.ts'
import { type Column, columnsOf } from './column.ts'
import { Expression, type SqlText } from './expression.ts'
import type { Ground } from './ground.ts'
import { Query } from './query.ts'
import { recordExpression, sourceOf } from './record.ts'
import type { SqlOutput } from './sql-reader.ts'
import { rawText } from './template.ts'
import { textRow } from './text-row.ts'
import { each, mapEach, unionOf } from './values.ts'

/** Drivers answer with a list of rows, or with an object that has them under `rows`. */
const rowsOf = (row: Value, { machine }: CallSite): Value => unionOf([machine.array(row), machine.object({ rows: machine.array(row), rowCount: any })])

const columnsBehind = ({ from }: SqlOutput, { sources }: SqlText, ground: Ground): readonly Column[] =>
  from.flatMap(({ table, column }) => {
    const source = sourceOf(table, sources, ground)
    return source === undefined ? [] : columnsOf(source).filter(({ name }) => name === column)
  })

/** A row by the names that the database gives. */
const rowOfText = (text: SqlText, ground: Ground): Value => {
  const { output } = ground.readSql(text.parts, { from: [], whole: true }) ?? {}
  return output === undefined ? any : textRow(ground, new Map(output.map((column) => [column.name, unionOf(columnsBehind(column, text, ground))])))
}

const rowOfSent = (sent: Value, ground: Ground, site: CallSite): Value => {
  if (sent instanceof Query) {
    sent.sent(site)
    return sent.rowValue() ?? any
  }
  return sent instanceof Expression ? unionOf(sent.parts.texts.map((text) => rowOfText(text, ground))) : any
}

const sentBy = (ground: Ground, site: CallSite): Value => {
  const given = mapEach(site.args[0], (single) => (single.kind === 'literal' ? rawText(ground, single, site) : single))
  if (each(given).every(({ kind }) => kind === 'any')) site.machine.gap('SQL that is put together elsewhere is sent here', site)
  return given
}

export const runText = (ground: Ground, site: CallSite): Value => {
  const sent = sentBy(ground, site)
  recordExpression(sent, { role: 'sql', whole: true }, site, ground)
  const row = unionOf([...site.types.slice(0, 1), mapEach(sent, (single) => rowOfSent(single, ground, site))])
  return row.kind === 'any' ? any : rowsOf(row, site)
}
