/** The tables of Drizzle, by one name: see `drizzle.ts`. */
export * from 'drizzle-orm/pg-core'
