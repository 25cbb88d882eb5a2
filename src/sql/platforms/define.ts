/** A managed platform: what its databases hold before anybody's first migration. */
export type Platform = {
  readonly name: string
  /** Roles that it has made. A history that names one of them, and does not make it, is meant for the platform. */
  readonly roles: readonly string[]
  /** Schemas whose name alone tells the platform; all others (`auth`, `storage`) may be anybody's. */
  readonly unmistakable: readonly string[]
  /** Schemas whose objects come with an extension. The engine has an empty one of that name, so that both sides know the same objects. */
  readonly extensionSchemas: { readonly [schema: string]: string }
  /** The schema into which the platform puts extensions. */
  readonly extensionsIn?: string
  /** Statements that make stand-ins, each one object; what an object needs stands before it. Memory and PostgreSQL both read this very text. */
  readonly sql: string
}
