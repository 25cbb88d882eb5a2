/** The platforms that are known. To add one: its file, then its line here. */
import type { Platform } from './define.ts'
import { neon } from './neon.ts'
import { supabase } from './supabase.ts'

export type { Platform } from './define.ts'

/** Where a history fits several alike, the first is taken. */
export const platforms: readonly Platform[] = [supabase, neon]
