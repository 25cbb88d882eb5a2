import { expect, test } from 'vitest'
import { displayKey, type ObjectKey } from '../../src/model/name.ts'

test.each<[ObjectKey, string]>([
  ['table "public"."users"', 'table users'],
  ['column "auth"."users"."Id"', 'column auth.users."Id"'],
  ['routine "public"."make"("pg_catalog"."text", "pg_catalog"."int4")', 'routine make(text, int4)'],
  ['routine "auth"."odd(name)"()', 'routine auth."odd(name)"()'],
  ['routine "public"."of"("auth"."mood"[])', 'routine of(auth.mood[])'],
])('%s reads as %s', (key, text) => expect(displayKey(key)).toBe(text))
