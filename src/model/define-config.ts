/** What users import in their `pgstrata.config.ts`. */
import type { Config, Secret } from './config.ts'

/** Checks a configuration's type in the editor; answers it as it is. */
export const defineConfig = (config: Config): Config => config

/** A secret that an environment variable holds: `env('PROD_URL')`. */
export const env = (name: string): Secret => ({ from: 'env', name })

/** A secret that a command prints: `command('op read op://prod/db/url')`. */
export const command = (text: string): Secret => ({ from: 'command', command: text })
