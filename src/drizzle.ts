/**
 * Drizzle, by one name for the whole application. Node reads the `package.json` of a package again for each module that names it,
 * and that one weighs 180 kB: 260 modules that named it cost a second of processor at each start.
 */
export * from 'drizzle-orm'
