/** What has passed a schema of any library: what its `parse` gives. */
import { any, type Site, type Value } from '../../value.ts'

export const validated = (schema: Value, site: Site): Value => {
  if (schema.kind === 'any') return any
  return site.machine.invoke(site.machine.get(schema, 'parse', site), [any], site)
}
