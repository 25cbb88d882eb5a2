/** The fields of a SELECT or RETURNING: what they use, and the shape of the row that they make. */
import type { UseRole } from '../../../model/code.ts'
import { any, type Site, type Value } from '../value.ts'
import { Column, columnsOf } from './column.ts'
import { Expression } from './expression.ts'
import type { Ground } from './ground.ts'
import { propertiesOf } from './properties.ts'
import { recordColumn, recordExpression, recordImplicit } from './record.ts'
import { type Row, rowOf } from './row.ts'
import { Source } from './source.ts'
import { each, mapEach } from './values.ts'

const recordField = (field: Value, role: UseRole, from: readonly Source[], site: Site, ground: Ground): void => {
  if (field instanceof Source) return recordImplicit(columnsOf(field), role, 'read', site)
  if (field instanceof Expression) return recordExpression(field, { role, from }, site, ground)
  if (field.kind === 'object') return recordFields(field, role, from, site, ground)
  if (!(field instanceof Column)) return
  if (field.carried) recordImplicit([field], role, 'read', site)
  else recordColumn(field, role, 'read', site)
}

export const recordFields = (fields: Value, role: UseRole, from: readonly Source[], site: Site, ground: Ground): void => {
  for (const { value } of propertiesOf(fields, site).known.values()) for (const field of each(value)) recordField(field, role, from, site, ground)
}

const fieldOf = (field: Value, site: Site, ground: Ground): Value =>
  mapEach(field, (single) => {
    if (single instanceof Source) return single.row()
    if (single.kind === 'object') return rowOfFields(single, site, ground)
    return single instanceof Column || single instanceof Expression ? single : any
  })

/** The row of `{ id: users.id, author: { name: users.name } }`. */
export const rowOfFields = (fields: Value, site: Site, ground: Ground): Row =>
  rowOf(ground, new Map([...propertiesOf(fields, site).known].map(([key, { value }]) => [key, fieldOf(value, site, ground)])))
