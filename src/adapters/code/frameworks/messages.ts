/** Consumers of messages: sqs-consumer, KafkaJS, amqplib. A lambda that a queue calls is AWS's. */
import { ownValue } from '../own-value.ts'
import { textOf } from '../text-of.ts'
import { any, type CallSite, native, type Value } from '../value.ts'
import { addJob } from './common/job.ts'
import { Client, Constructed } from './common/library.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

const unnamed = '(a queue whose name is not known)'

const consumer = (name: string, handlers: readonly (readonly [string, Value | undefined])[], site: CallSite): void => {
  const runs = handlers.map(([what, handler]) => ({ handler, what, args: [any, any] }))
  addJob({ name, kind: 'worker', framework: 'messages', runs }, site)
}

const handlersOf = (options: Value | undefined, names: readonly string[], site: CallSite) => names.map((name) => [name, partOf(options, name, site)] as const)

/** `Consumer.create({ queueUrl, handleMessage })`: a queue goes by the last part of its address. */
const ofSqs = (site: CallSite): Value => {
  const [options] = site.args
  const address = textOf(partOf(options, 'queueUrl', site), site)
  consumer(address?.replace(/^.*\//, '') ?? unnamed, handlersOf(options, ['handleMessage', 'handleMessageBatch'], site), site)
  return new Client('sqs consumer', {})
}

const sqs = new Constructed('sqs-consumer', ofSqs, { create: native('Consumer.create', ofSqs) })

/** `kafka.consumer({ groupId }).run({ eachMessage })`. */
const ofKafka = native('kafka consumer', ({ args: [options], ...made }) => {
  const group = textOf(partOf(options, 'groupId', made), made) ?? '(a group whose name is not known)'
  const run = native('run', (site) => {
    consumer(group, handlersOf(site.args[0], ['eachMessage', 'eachBatch'], site), site)
    return any
  })
  return new Client('kafka consumer', { run })
})

const kafka = new Constructed('kafkajs', () => new Client('kafka', { consumer: ofKafka }))

const consume = native('consume', (site) => {
  const [queue] = site.args
  consumer(textOf(queue, site) ?? unnamed, [['handler', site.args.find(isCallable)]], site)
  return any
})

/** `(await (await amqp.connect(url)).createChannel()).consume('mail', f)`. */
const channel = native('createChannel', () => new Client('amqp channel', { consume }))
const connect = native('amqp connect', () => new Client('amqp connection', { createChannel: channel, createConfirmChannel: channel }))
const amqp = new Client('amqplib', { connect })

const ofPackage: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  'sqs-consumer': { Consumer: sqs },
  kafkajs: { Kafka: kafka },
  amqplib: { connect, default: amqp, '*': amqp },
}

export const messages = defineFramework({
  id: 'messages',
  title: 'Consumers of messages',
  packages: Object.keys(ofPackage),
  imported: (from, [name = '']) => ownValue(ofPackage[from] ?? {}, name),
  examples: [
    {
      files: {
        'mail.ts': `
import { Consumer } from 'sqs-consumer'
import { db } from './db'
import { users } from './schema'
export const mail = Consumer.create({
  queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/mail',
  handleMessage: async (message) => { await db.select({ email: users.email }).from(users) },
})
`,
        'index.ts': `
import { Hono } from 'hono'
import { mail } from './mail'
mail.start()
export default new Hono()
`,
      },
      entries: { 'worker mail (mail.ts)': 'read users.email' },
    },
    {
      files: {
        'consumers.ts': `
import { Kafka } from 'kafkajs'
import * as amqp from 'amqplib'
import { db } from './db'
import { users } from './schema'
const kafka = new Kafka({ brokers: [] })
const names = kafka.consumer({ groupId: 'names' })
await names.connect()
await names.subscribe({ topic: 'names' })
await names.run({ eachMessage: async ({ message }) => { await db.update(users).set({ name: String(message.value) }) } })
const connection = await amqp.connect('amqp://localhost')
const channel = await connection.createChannel()
await channel.assertQueue('mail')
channel.consume('mail', async (message) => { await db.select({ email: users.email }).from(users) })
`,
      },
      entries: { 'worker mail (consumers.ts)': 'read users.email', 'worker names (consumers.ts)': 'write users.name' },
    },
  ],
})
