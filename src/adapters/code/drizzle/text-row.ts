/** A row of a statement that is sent as text: its properties have the database's names. */
import type { Site, Value } from '../value.ts'
import { Column } from './column.ts'
import type { Ground } from './ground.ts'
import { Row, rowKey, type Shape } from './row.ts'
import { each } from './values.ts'

class TextRow extends Row {
  /** A property by the name that the code gives the column is not there. */
  override get(name: string, site: Site): Value | undefined {
    const known = super.get(name, site)
    if (known !== undefined) return known
    for (const [column, field] of this.shape)
      if (each(field).some((single) => single instanceof Column && single.key === name))
        site.machine.gap(`a row of SQL text has ${column}, and no ${name}: this is undefined`, site)
    return undefined
  }
}

export const textRow = (ground: Ground, shape: Shape): Row => ground.once(`text row ${rowKey(shape)}`, () => new TextRow(ground, shape))
