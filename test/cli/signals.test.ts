/** Who hears a signal, and when the system is left to it. */
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { isLaidOut, laidOut } from '../../src/adapters/laid-out.ts'
import { keeper } from '../../src/cli/keeper.ts'
import { listenForSignals } from '../../src/cli/signals.ts'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP']
const heard = (target: EventEmitter): readonly string[] => names.filter((name) => target.listenerCount(name) > 0)

test('nobody listens while work is done that does not come back to the event loop, and all listen again afterwards, whatever came of it', () => {
  const target = new EventEmitter()
  const stopping = listenForSignals(target as NodeJS.Process)
  expect(heard(target)).toEqual(names)
  expect(stopping.unheard(() => heard(target))).toEqual([])
  expect(heard(target)).toEqual(names)
  const failing = (): never => {
    throw new Error('it fails')
  }
  expect(() => stopping.unheard(failing)).toThrow('it fails')
  expect(heard(target)).toEqual(names)
  target.emit('SIGTERM', 'SIGTERM')
  expect(stopping.code()).toBe(143)
  expect(stopping.signal.aborted).toBe(true)
  expect(() => stopping.unheard(() => expect.unreachable())).toThrow('stopped by SIGTERM')
})

test('what a killed process would leave behind is known: servers and directories, not what ends with us', async () => {
  const opened = keeper()
  const resource = { [Symbol.asyncDispose]: async () => undefined }
  await opened.keep(Promise.resolve(resource), { endsWithUs: true })
  expect(opened.outlasts).toBe(false)
  await opened.keep(Promise.resolve(resource))
  expect(opened.outlasts).toBe(true)
  expect(isLaidOut()).toBe(false)
  await laidOut('pgstrata-test-', [], async () => expect(isLaidOut()).toBe(true))
  expect(isLaidOut()).toBe(false)
})
