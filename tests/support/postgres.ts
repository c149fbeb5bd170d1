import postgres from 'postgres'

const SERVER = process.env['TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432'

export const postgresUrl = (database: string): string => `${SERVER}/${database}`

/** A connection to the server itself, to create and drop the databases of the suites. */
export const adminSql = () => postgres(postgresUrl('postgres'), { max: 1, onnotice: () => {}, connect_timeout: 3 })
