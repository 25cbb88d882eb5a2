import type { Catalog, Extension } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { readOptions } from '../types.ts'

const extensionOf = (catalog: Catalog, name: string): Extension => catalog.extensions.get(name) ?? refuse('42704', `extension "${name}" does not exist`)

/** Without a version it goes to the newest that is installed, which only the server knows: the version is then as unknown as after CREATE. */
const read = (reading: Reading, node: Tree): void => {
  const name = text(node, 'extname') ?? ''
  const { version: _old, ...rest } = extensionOf(reading.catalog, name)
  const { new_version: version } = readOptions(list(node, 'options'))
  reading.emit({ kind: 'alter-extension', name, to: { ...rest, ...(version === undefined ? {} : { version }) } })
}

export const alterExtension = defineChange({
  kind: 'alter-extension',
  summary: 'An extension is updated to another version.',
  reads: { AlterExtensionStmt: read },
  apply({ name, to }, catalog) {
    extensionOf(catalog, name)
    return put(catalog, 'extensions', name, to)
  },
  invert: ({ name }, before) => [{ kind: 'alter-extension', name, to: extensionOf(before, name) }],
  toSql({ name, to: { schema, version } }, before) {
    const old = extensionOf(before, name)
    const alter = `ALTER EXTENSION ${quoteIdentifier(name)}`
    return [
      ...(schema === old.schema ? [] : [`${alter} SET SCHEMA ${quoteIdentifier(schema ?? 'public')}`]),
      ...(schema !== old.schema && version === old.version ? [] : [`${alter} UPDATE${version === undefined ? '' : ` TO ${quoteLiteral(version)}`}`]),
    ]
  },
  footprint: () => noFootprint,
  describe: ({ name, to }) => `extension ${displayIdentifier(name)} is updated${to.version === undefined ? '' : ` to ${to.version}`}`,
  touches: ({ name }) => [keyOf('extension', quoteIdentifier(name))],
  examples: [
    { given: `CREATE EXTENSION citext VERSION '1.6'`, sql: `ALTER EXTENSION citext UPDATE TO '1.6'` },
    { given: 'CREATE EXTENSION hstore', sql: 'ALTER EXTENSION hstore UPDATE' },
  ],
})
