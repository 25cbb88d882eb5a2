/** What roles may see and do. */
import { equal } from '../../changes/equal.ts'
import { isPresent } from '../../changes/presence.ts'
import { builtIn, privilegesOf } from '../../changes/privileges.ts'
import { truthOf } from '../../changes/truth.ts'
import type { Expression, Policy, Privileges } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { ObjectKey } from '../../model/name.ts'
import { type Judgement, major, minor, none, patch } from './judgement.ts'
import type { Moment } from './moment.ts'

export const setRowSecurity = ({ on }: Change<'set-row-security'>, moment: Moment): Judgement => {
  const [old, now] = [moment.oldTable(on), moment.newTable(on)]
  if (!old || !now) return old ? none('the table goes') : minor('the table is new')
  if (now.rowSecurity && !old.rowSecurity) return major('roles without a policy see no rows and write none')
  if (now.rowSecurity && now.forceRowSecurity && !old.forceRowSecurity) return major('the owner is bound by the policies too')
  return equal([old.rowSecurity, old.forceRowSecurity], [now.rowSecurity, now.forceRowSecurity])
    ? patch('after the migration it is as it was')
    : minor('rows that were hidden are seen')
}

const everybody = 'PUBLIC'
const covers = (wide: readonly string[], narrow: readonly string[]): boolean => wide.includes(everybody) || narrow.every((role) => wide.includes(role))

/** Whether one policy lets through all that the other does; false where that is not known. */
const letsThrough = (wide: Policy, narrow: Policy): boolean => {
  const condition = (a: Expression | undefined, b: Expression | undefined): boolean => equal(a, b) || truthOf(a) === true
  const checkOf = ({ using, check }: Policy): Expression | undefined => check ?? using
  return (
    wide.permissive === narrow.permissive &&
    (wide.command === narrow.command || wide.command === 'all') &&
    covers(wide.roles, narrow.roles) &&
    condition(wide.using, narrow.using) &&
    condition(checkOf(wide), checkOf(narrow))
  )
}

const changedPolicy = (old: Policy, now: Policy): Judgement => {
  if (equal(old, now)) return patch('after the migration the policy is what it was')
  if (old.permissive !== now.permissive)
    return now.permissive ? major('the policy no longer restricts others, and stands for itself') : major('the policy restricts the others now')
  // A restrictive policy binds fewer roles where it names fewer.
  const wider = old.permissive
    ? letsThrough(now, old)
    : covers(old.roles, now.roles) &&
      old.command === now.command &&
      (equal(old.using, now.using) || truthOf(now.using) === true) &&
      (equal(old.check, now.check) || truthOf(now.check) === true)
  return wider ? minor('the policy lets through more than before') : major('whether the policy lets through all that it did is not known')
}

type OfPolicy = { readonly on: Change<'alter-policy'>['on']; readonly name: string }

/** A policy by its name, before the migration and after it. */
export const policyChange = ({ on, name }: OfPolicy, moment: Moment): Judgement => {
  const [table, now] = [moment.oldTable(on), moment.newTable(on)]
  if (!table || !now) return table ? none('the table goes') : minor('the table is new')
  if (!now.rowSecurity) return patch('row security is off, so the policy does nothing')
  const [before, after] = [table.policies.get(name), now.policies.get(name)]
  if (before && after) return changedPolicy(before, after)
  const same = (policies: ReadonlyMap<string, Policy>, policy: Policy): boolean => [...policies.values()].some((other) => equal(other, policy))
  if (after) {
    if (same(table.policies, after)) return patch('a policy that said the same had another name')
    return after.permissive ? minor('a policy lets more rows through') : major('a policy keeps rows back that were let through')
  }
  if (!before) return none('this migration made the policy')
  if (same(now.policies, before)) return patch('a policy that says the same has another name')
  const covered = [...now.policies.values()].some((other) => before.permissive && letsThrough(other, before))
  if (covered) return minor('another policy lets through all that it did')
  return before.permissive ? major('rows that it let through are kept back') : minor('rows that it kept back are let through')
}

/** Whether a role has lost a privilege, or the right to pass it on. */
export const takesAway = (old: Privileges, now: Privileges): boolean =>
  Object.entries(old).some(([grantee, privileges]) =>
    Object.entries(privileges).some(([privilege, option]) => {
      const left = now[grantee]?.[privilege] ?? now.PUBLIC?.[privilege]
      return left === undefined || (option && !left)
    }),
  )

/** Whether privileges that somebody had been given on an object are gone after the migration. */
export const lostPrivileges = (object: ObjectKey, { start, end }: Moment): boolean => {
  const given = start.privileges.get(object)
  return given !== undefined && takesAway(given, privilegesOf(end, object))
}

export const setPrivileges = ({ object }: Change<'set-privileges'>, moment: Moment): Judgement => {
  const { start, end } = moment
  if (!isPresent(start, object) && !start.privileges.has(object)) return minor('the object is new, or its privileges are')
  if (!isPresent(end, object) && !end.privileges.has(object)) return none('the object goes')
  const [old, now] = [start.privileges.get(object) ?? builtIn(start, object), privilegesOf(end, object)]
  if (takesAway(old, now)) return major('a role loses a privilege that its code may need')
  return equal(old, now) ? patch('after the migration roles may do what they could') : minor('a role may do more')
}

/** Attributes that let a role do something where they are true. */
const powers: readonly string[] = ['superuser', 'createdb', 'createrole', 'canlogin', 'isreplication', 'bypassrls']

export const alterRole = ({ name, to }: Change<'alter-role'>, { start, end }: Moment): Judgement => {
  const old = start.roles.get(name)
  const now = end.roles.get(name) ?? to
  if (!old) return minor('the role is new')
  if (!old.memberOf.every((group) => now.memberOf.includes(group))) return major('the role leaves a group, and loses what that may do')
  if (powers.some((power) => old.options[power] === 'true' && now.options[power] !== 'true')) return major('the role may do less')
  if (old.options.inherit !== 'false' && now.options.inherit === 'false') return major('the role no longer has by itself what its groups may do')
  const others = Object.keys({ ...old.options, ...now.options }).filter((key) => !powers.includes(key) && key !== 'inherit')
  const changed = others.filter((key) => old.options[key] !== now.options[key])
  return changed.length > 0 ? major(`the role’s sessions begin otherwise (${changed.join(', ')})`) : minor('the role may do more')
}

export const setOwner = ({ object }: Change<'set-owner'>, { start, end }: Moment): Judgement => {
  if (!isPresent(start, object)) return minor('the object is new')
  return start.owners.get(object) === end.owners.get(object)
    ? patch('after the migration the owner is who it was')
    : major('the former owner’s code may no longer use it')
}
