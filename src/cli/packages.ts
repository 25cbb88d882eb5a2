/** Packages that wait until they are used. In dist/body.cjs the build puts another module in the place of this one, which holds the SQL packages itself: their bytecode is kept too (docs/decisions/0014). */
import { createRequire } from 'node:module'

export const requirePackage: (name: string) => unknown = createRequire(import.meta.url)
