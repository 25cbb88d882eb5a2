/** Which Drizzle projects there are, and how pgstrata is configured. */
export { type DiscoverOptions, findProjects } from './discover.ts'
export { findConfig, loadConfig } from './load-config.ts'
