import { expect, it } from 'vitest'
import { parseUrl } from '../../../src/adapters/postgres/index.ts'
import { ToolError } from '../../../src/model/error.ts'

it.each([
  ['postgres://ann:secret@db.example.org:6432/shop', { host: 'db.example.org', port: 6432, user: 'ann', password: 'secret', database: 'shop' }],
  ['postgresql://ann:p%40ss%2Fw%23rd@localhost/shop', { host: 'localhost', user: 'ann', password: 'p@ss/w#rd', database: 'shop' }],
  ['postgres:///shop?host=/var/run/postgresql&user=ann', { host: '/var/run/postgresql', user: 'ann', database: 'shop' }],
  ['postgres://ann:pw@/shop?host=/tmp', { host: '/tmp', user: 'ann', password: 'pw', database: 'shop' }],
  ['postgres://%2Fvar%2Frun%2Fpostgresql/shop', { host: '/var/run/postgresql', database: 'shop' }],
  ['postgres://ann@[::1]:5433/shop', { host: '::1', port: 5433, user: 'ann', database: 'shop' }],
  ['postgres://h/d?sslmode=verify-full&sslrootcert=ca.pem', { host: 'h', database: 'd', sslMode: 'verify-full', sslRootCert: 'ca.pem' }],
  [
    'postgres://h/d?connect_timeout=3&channel_binding=require&pgbouncer=true&application_name=x&target_session_attrs=any&schema=public&gssencmode=disable&passfile=x&sslcrl=x&ssl=true&service=x&options=-c%20x',
    { host: 'h', database: 'd', connectTimeout: 3, pooled: true },
  ],
  ['postgres://postgres@localhost/shop?host=/tmp&port=6000', { host: '/tmp', port: 6000, user: 'postgres', database: 'shop' }],
  [' postgres://h/my%20shop ', { host: 'h', database: 'my shop' }],
])('reads %s', (url, target) => expect(parseUrl(url)).toEqual(target))

it.each([
  ['mysql://ann:hunter2@h/d', 'does not start with postgres://'],
  ['host=h dbname=d password=hunter2', 'does not start with postgres://'],
  ['', 'does not start with postgres://'],
  ['postgres://ann:hunter2@h:99999/d', 'cannot be read'],
  ['postgres://ann:hunter2@h:0/d', 'outside 1 to 65535'],
  ['postgres://ann:hunter2@h/d?port=abc', 'port is not a whole number'],
  ['postgres://ann:hunter2%zz@h/d', 'two hexadecimal digits'],
  ['postgres://ann:hunter2@h/d?sslmode=yes-please', 'unknown sslmode'],
  ['postgres://ann:hunter2@h/d?ssl_mode=require', 'nobody knows'],
  ['postgres://ann:hunter2@one:5432,two:5432/d', 'several hosts'],
  ['postgres://ann:hun#ter2@h/d', 'cannot be read'],
])('refuses %s politely', (url, says) => {
  const refusal = (() => {
    try {
      return parseUrl(url)
    } catch (error) {
      return error
    }
  })()
  expect(refusal).toBeInstanceOf(ToolError)
  const { message, help, code, stack, cause } = refusal as ToolError
  expect(message).toContain(says)
  expect(code).toBe('bad-connection-url')
  expect(help).toBeTruthy()
  expect([message, help, stack?.split('\n')[0], String(cause)].join()).not.toMatch(/hunter2|ter2|\bann\b/)
})
