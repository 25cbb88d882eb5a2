/** The validation libraries whose schemas are known. */
import type { Framework } from '../frameworks/define.ts'
import { arktype } from './arktype.ts'
import { drizzleZod } from './drizzle-zod.ts'
import { typebox } from './typebox.ts'
import { valibot } from './valibot.ts'
import { zod } from './zod.ts'

export const validators: readonly Framework[] = [zod, valibot, typebox, arktype, drizzleZod]
