import { describe, expect, it } from 'vitest'
import { connectFailure, queryFailure } from '../../../src/adapters/postgres/failure.ts'

const driverError = (code: string, message = 'write failed') => Object.assign(new Error(message), { code })
const failed = (code: string) => queryFailure(driverError(code), [], () => undefined)

describe('a query’s error', () => {
  it.each(['EPIPE', 'ECONNRESET', 'ETIMEDOUT', '57P01', '08006'])('%s is a lost connection', (code) => {
    expect(failed(code)).toMatchObject({ code: 'connection-lost', exit: 3 })
  })

  it.each(['42P01', '40001', 'E0001'])('%s is a refusal of the server', (code) => {
    expect(failed(code)).toMatchObject({ sqlstate: code })
  })
})

it('a connection that breaks while it is made is said to have been closed', () => {
  expect(connectFailure(driverError('EPIPE'))).toMatchObject({ code: 'connection-lost', exit: 3 })
})
