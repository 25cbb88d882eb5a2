/** Entries of Next.js: its functions are called with arguments of which nothing is known. */
import { entering } from '../common/enter.ts'
import { unknowns } from '../common/module.ts'

export const { together, each } = entering('nextjs', () => unknowns)
