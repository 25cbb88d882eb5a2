/** The contract of the family: one file is one framework, its examples are its tests. */
import type { ClassValue, FunctionValue, Machine, Site, Value } from '../value.ts'

/** The files of the repository, by path from its root. */
export type ProjectFiles = {
  readonly paths: readonly string[]
  has(path: string): boolean
  /** The text of a file: serverless.yml, package.json. */
  read(path: string): string | undefined
  /** Whether one of the nearest package.jsons above the file names the package as a dependency. */
  depends(path: string, name: string): boolean
  /** All files that depend on one of the packages in this way. */
  dependents(names: readonly string[]): readonly string[]
  /** The directives of a source file as a whole: `use server`. */
  directives(path: string): readonly string[]
}

/** A file that a framework calls by its place or by a configuration. */
export type Root = {
  readonly path: string
  /** `exports` are read by `machine.get(module, name, site)`. */
  enter(module: Value, machine: Machine, site: Site): void
}

/** An export of a file of the repository, or of a package. */
export type Imported = { readonly name: string } & ({ readonly file: string } | { readonly package: string })

export type FrameworkExample = {
  /** Path → text. `db.ts` and `schema.ts` of the family's test stand beside them: `users` with `id`, `name`, `email`; `db` of drizzle-orm/node-postgres. */
  readonly files: Readonly<Record<string, string>>
  /** Entries, and what of `users` they read and write: `{ 'GET /users': 'read users.name' }`, sorted, with commas; '' where nothing. */
  readonly entries: Readonly<Record<string, string>>
}

export type Framework = {
  readonly id: string
  /** As its authors write it. */
  readonly title: string
  /** The packages whose imports it speaks for; `hono/*` for all below. */
  readonly packages: readonly string[]
  /** Those of them whose import makes a file register entries, where not all do: none for a framework that goes by the places of files. */
  readonly starts?: readonly string[]
  /** What an export of one of its packages is; undefined where it does not know it. `path` has the export's name first (`default`, `*`). */
  imported?(from: string, path: readonly string[]): Value | undefined
  /** What a value of a type of its packages is, where nothing else is known of it (`c: Context`); `args` are the type's arguments as values. */
  typed?(from: string, name: string, args: readonly Value[]): Value | undefined
  /** Where a name comes from that nothing in the file at `path` declares: auto-imports. */
  global?(name: string, path: string, project: ProjectFiles): Imported | undefined
  /** Whether a file uses others that it does not import, as auto-imports let it: what it reaches cannot be told from its imports. */
  unlinked?(path: string, project: ProjectFiles): boolean
  /** A function with a directive at its top, when it comes into being: an inline server action. */
  directed?(directive: string, handler: FunctionValue, machine: Machine, site: Site): void
  /** What its container of dependencies gives where a class is asked for by its name; undefined: an instance that is made with what the types say. */
  provided?(of: ClassValue, machine: Machine): Value | undefined
  /** Files that it calls by convention. */
  roots?(project: ProjectFiles): readonly Root[]
  /** Runs when all files have been followed. */
  finish?(machine: Machine): void
  readonly examples: readonly FrameworkExample[]
}

export const defineFramework = (framework: Framework): Framework => framework
