declare const PGSTRATA_VERSION: string

/** The package's version; the build writes it into the bundle (scripts/build.mjs). */
export const version: string = PGSTRATA_VERSION
