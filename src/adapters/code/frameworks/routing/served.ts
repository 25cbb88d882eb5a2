/**
 * A router as another framework serves it: `handle(app)` of an adapter, `app.fetch`. Its routes are entries of their own, so a Next.js route file or a function that
 * exports it is none.
 */
import { Model } from '../../value.ts'

export class Served extends Model {
  readonly what: string
  constructor(what: string) {
    super()
    this.what = what
  }
}
