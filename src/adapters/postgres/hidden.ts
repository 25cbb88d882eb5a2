/** What a user may not see of a catalog, though everybody may read the rest of it. */

import type { Hidden } from '../../model/printed.ts'
import type { Row } from '../../model/session.ts'
import { type Presence, quoted, role } from './catalog/fragment.ts'

/** When the view `pg_user_mappings` shows a mapping's options (manual 53.36). */
const seesOptions = `(m.umuser <> 0 AND m.usename = current_user AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')))
  OR (m.umuser = 0 AND pg_has_role(s.srvowner, 'USAGE')) OR (SELECT u.rolsuper FROM pg_roles u WHERE u.rolname = current_user)`

const mapping = `${role('m.umuser')} || ' SERVER ' || ${quoted('m.srvname')}`

/** Where there is something that may be hidden. */
export const mayHide: Presence = { filled: 'pg_foreign_server' }

/** The kinds of which something is not seen, with the objects. */
export const hiddenQuery = `SELECT coalesce(jsonb_agg(jsonb_build_object('kind', 'user mapping', 'identity', identity) ORDER BY identity), '[]') AS hidden
  FROM (SELECT ${mapping} AS identity FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid WHERE (${seesOptions}) IS NOT TRUE) mappings`

const why = (identities: readonly string[]): string =>
  `Only its user with USAGE on the server, the server’s owner and superusers see a mapping’s options; hidden from this user: ${identities.join(', ')}.`

/** From the query's answer. */
export const hiddenOf = ({ hidden }: Row): readonly Hidden[] => {
  const objects = hidden as readonly { readonly kind: string; readonly identity: string }[]
  return objects.length === 0 ? [] : [{ kind: 'user mapping', why: why(objects.map(({ identity }) => identity)) }]
}
