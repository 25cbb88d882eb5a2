/** Functions that make a schema, as several libraries have them. */
import { any, type CallSite } from '../value.ts'
import { fieldNames, fieldsIn, schemasIn, type ToSchema, valuesOf } from './fields.ts'
import { allOf, constant, literals, objectOf, type Shape } from './shape.ts'

export type Maker = (site: CallSite) => Shape

/** The values of the first argument. */
export const enumeration: Maker = (site) => literals(valuesOf(site.args[0], site))

/** Only a type says what passes: `custom<T>()`. */
export const ofGivenType: Maker = ({ types }) => constant(types[0] ?? any)

/** An object schema of the keys that the first argument has: `partial`, `required`. */
export const keeping: Maker = ({ args }) => objectOf((site) => fieldsIn(args[0], site))

/** The keys of the first argument, as values. */
export const keyNames: Maker = (site) => literals(fieldNames(fieldsIn(site.args[0], site)))

/** The keys of all schemas in the first argument. */
export const joined =
  (toSchema: ToSchema): Maker =>
  (site) =>
    allOf(schemasIn(site.args.slice(0, 1), site, toSchema).map(({ shape }) => shape))
