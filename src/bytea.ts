import { customType } from './drizzle-pg.ts'

/** A column of bytes as they are; the two drivers answer in different classes. */
export const bytea = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
})
