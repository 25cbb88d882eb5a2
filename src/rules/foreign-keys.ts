/** Foreign keys that PostgreSQL believes without looking at a row. */
import type { Attribute } from '../model/catalog.ts'
import { child, list, text } from '../sql/tree.ts'
import { alterCommands } from './commands.ts'
import type { StepView } from './define.ts'

const defaults = ['CONSTR_DEFAULT', 'CONSTR_GENERATED', 'CONSTR_IDENTITY']

/** DEFAULT NULL counts too, and leaves no trace in the catalog. */
const saysDefault = ({ step }: StepView, column: string): boolean =>
  alterCommands(step.statement).some((command) => {
    const definition = child(child(command, 'def'), 'ColumnDef')
    return (
      text(definition, 'colname') === column &&
      list(definition, 'constraints').some((constraint) => defaults.includes(text(child(constraint, 'Constraint'), 'contype') ?? ''))
    )
  })

/**
 * True when REFERENCES inside of the ADD COLUMN of a column is believed: without a default it is NULL in all rows (`transformAlterTableStmt`, skipValidation;
 * seen on 18.4).
 */
export const isBelieved = (view: StepView, { name, default: value, identity, generated }: Attribute): boolean =>
  value === undefined && !identity && !generated && !saysDefault(view, name)
