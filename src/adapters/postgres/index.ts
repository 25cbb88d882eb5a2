export type { CatalogQuery, TableName } from './catalog-query.ts'
export { fingerprintOf, type IntrospectOptions, introspect, rawFingerprint } from './introspect.ts'
export { type ConnectOptions, connect, type PostgresSession } from './session.ts'
export { parseUrl, type SslMode, type Target } from './url.ts'
