/** What a user may not see of a catalog, though everybody may read the rest of it. */

import type { Json } from '../../model/json.ts'
import type { Hidden } from '../../model/printed.ts'
import { quoted, role } from './catalog/fragment.ts'

/** When the view `pg_user_mappings` shows a mapping's options (manual 53.36). */
const seesOptions = `(m.umuser <> 0 AND m.usename = current_user AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')))
  OR (m.umuser = 0 AND pg_has_role(s.srvowner, 'USAGE')) OR (SELECT u.rolsuper FROM pg_roles u WHERE u.rolname = current_user)`

const mapping = `${role('m.umuser')} || ' SERVER ' || ${quoted('m.srvname')}`

/** A scalar query: the kinds of which something is not seen, with the objects, as JSON; `[]` when all is seen. */
export const hiddenQuery = `SELECT coalesce(jsonb_agg(jsonb_build_object('kind', 'user mapping', 'identity', identity) ORDER BY identity), '[]')
  FROM (SELECT ${mapping} AS identity FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid WHERE (${seesOptions}) IS NOT TRUE) mappings`

const why = (identities: readonly string[]): string =>
  `Only its user with USAGE on the server, the server’s owner and superusers see a mapping’s options; hidden from this user: ${identities.join(', ')}.`

/** From the query's answer. */
export const hiddenOf = (answer: Json | undefined): readonly Hidden[] => {
  const objects = (answer ?? []) as readonly { readonly kind: string; readonly identity: string }[]
  return objects.length === 0 ? [] : [{ kind: 'user mapping', why: why(objects.map(({ identity }) => identity)) }]
}
