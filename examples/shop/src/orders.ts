import { desc, eq, isNull } from 'drizzle-orm'
import { coupons, customers, orders, shipments } from '../schema.ts'
import { database } from './database.ts'

export const ordersOf = (customerId: string) => database.select().from(orders).where(eq(orders.customerId, customerId)).orderBy(desc(orders.placedAt))

export const placeOrder = async (customerId: string, code: string | undefined) => {
  const [coupon] =
    code === undefined ? [] : await database.select({ id: coupons.id, percentOff: coupons.percentOff }).from(coupons).where(eq(coupons.code, code))
  return database.insert(orders).values({ customerId, number: crypto.randomUUID(), couponId: coupon?.id, status: 'placed', placedAt: new Date() }).returning()
}

export const emailOf = (orderId: string) =>
  database.select({ email: customers.email }).from(orders).innerJoin(customers, eq(orders.customerId, customers.id)).where(eq(orders.id, orderId))

export const parcelsOf = (orderId: string) => database.query.shipments.findMany({ where: eq(shipments.orderId, orderId) })

export const parcelsUnderway = () =>
  database.select({ orderId: shipments.orderId, trackingCode: shipments.trackingCode }).from(shipments).where(isNull(shipments.deliveredAt))
