import AjvCompiler from '@fastify/ajv-compiler'
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'

const OPTIONS = { allErrors: true, coerceTypes: 'array', removeAdditional: false } as const
type Validate = ReturnType<ReturnType<ReturnType<typeof AjvCompiler>>>

/**
 * What checks requests: ajv, as Fastify sets it up. Each schema is compiled when it is first needed: those of all
 * routes would take a seventh of each start.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<unknown> {
  const compile = AjvCompiler()({}, { customOptions: OPTIONS })
  return ({ schema }) => {
    let compiled: Validate | undefined
    const validate = (value: unknown) => {
      compiled ??= compile({ schema })
      const isValid = compiled(value) as boolean
      validate.errors = compiled.errors ?? null
      return isValid
    }
    validate.errors = null as FastifySchemaValidationError[] | null
    return validate
  }
}
