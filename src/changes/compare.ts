/** What makes one catalog into another where nothing has to be dropped first: a unit of changes for each object. */
import type { Catalog } from '../model/catalog.ts'
import { keyOf, quoteIdentifier } from '../model/name.ts'
import { definitionUnits } from './compare/definitions.ts'
import { indexUnits } from './compare/indexes.ts'
import { sequenceUnits } from './compare/sequences.ts'
import { tableUnits } from './compare/tables.ts'
import { typeUnits } from './compare/types.ts'
import { changedEntries, type Unit, unit } from './compare/unit.ts'
import { viewUnits } from './compare/views.ts'

/** Units that lead from `a` to `b`, where `a` holds nothing that `b` has not but facts, and nothing that no ALTER can change. */
export const compareCatalogs = (a: Catalog, b: Catalog): readonly Unit[] => [
  ...changedEntries(a.schemas, b.schemas).flatMap(([name]) => unit(keyOf('schema', quoteIdentifier(name)), 'schema', [{ kind: 'create-schema', name }])),
  ...changedEntries(a.roles, b.roles).flatMap(([name, old, role]) =>
    unit(
      keyOf('role', quoteIdentifier(name)),
      'role',
      [old ? { kind: 'alter-role', name, to: role } : { kind: 'create-role', name, role }],
      role.memberOf.map((of) => keyOf('role', quoteIdentifier(of))),
    ),
  ),
  ...changedEntries(a.extensions, b.extensions).flatMap(([name, old, extension]) =>
    unit(keyOf('extension', quoteIdentifier(name)), 'extension', [
      old ? { kind: 'alter-extension', name, to: extension } : { kind: 'create-extension', name, extension },
    ]),
  ),
  ...typeUnits(a, b),
  ...sequenceUnits(a, b),
  ...changedEntries(a.routines, b.routines).flatMap(([name, old, routine]) =>
    unit(keyOf('routine', name), 'routine', [{ kind: old ? 'replace-routine' : 'create-routine', name, routine }]),
  ),
  ...tableUnits(a, b),
  ...indexUnits(a, b),
  ...viewUnits(a, b),
  ...definitionUnits(a, b),
]
