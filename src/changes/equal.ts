/** Equality of catalogs and their parts: deep, maps unordered, with a short cut where structure is shared. */
export { dequal as equal } from 'dequal'
