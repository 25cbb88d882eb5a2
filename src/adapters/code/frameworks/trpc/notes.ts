/** The routers of a program, and the contexts that servers give them. */
import type { Value } from '../../value.ts'
import { perMachine } from '../common/per-machine.ts'
import type { Router } from './router.ts'

export const notes = perMachine(() => ({ routers: new Set<Router>(), contexts: new Map<Value, Value>() }))
