/** The package describes its own door only; what is used of this file is described where it is opened. */
declare module 'libpg-query/wasm/libpg-query.js' {
  const factory: unknown
  export default factory
}
