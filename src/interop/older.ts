import { isAddress, olderVersion } from '../credentials/badge-version.ts'
import { payloadOf } from '../credentials/envelope.ts'
import { checkForm } from '../credentials/form.ts'
import type { JsonObject } from '../credentials/suite.ts'
import type { OlderDialects } from '../credentials/verifier.ts'
import type { Question, Verification } from '../credentials/verify.ts'
import { createLegacyRunner, type LegacyRunner } from './legacy-process.ts'
import { verifyLegacy } from './legacy.ts'
import {
  type Asked,
  endsWith,
  notPublished,
  type OlderContext,
  readPublished,
  revoked,
  shapeWrong,
} from './older-check.ts'
import { verifyOpenBadges2 } from './open-badges-2-verify.ts'

/**
 * Verifies Open Badges 2.0 here, and 0.5, 1.0 and 1.1 through the validator that Mozilla wrote for them, in a process of its
 * own. What is given is an assertion, a token that carries one, or the address where one of 0.5 is published; null for
 * anything else.
 */
export function createOlderDialects(runner: LegacyRunner = createLegacyRunner()): OlderDialects {
  const verify = (given: unknown, address: string | null, question: Question, context: OlderContext) => {
    const asked = askedOf(given, address, question, context)
    if (checkForm(asked.assertion)?.code === 'too_complex') {
      return endsWith(asked, { shape: { outcome: 'failure', code: 'shape_too_complex' } })
    }
    return asked.version === '2.0' ? verifyOpenBadges2(asked, context) : verifyLegacy(asked, context, runner)
  }

  const verifyAt = async (address: string, question: Question, context: OlderContext): Promise<Verification> => {
    const found = await readPublished(address, context)
    if ('document' in found && olderVersion(found.document)) return verify(found.document, address, question, context)
    const asked = askedOf({}, address, question, context)
    if ('document' in found) return endsWith(asked, { shape: shapeWrong('0.5', '/') })
    if ('unreachable' in found) return endsWith(asked, { proof: notPublished(address) })
    return endsWith(asked, { revocation: revoked(found.withdrawn, asked.at, context) })
  }

  return async (given, question, context) => {
    if (isAddress(given)) return verifyAt(given, question, context)
    return olderVersion(given) === null ? null : verify(given, null, question, context)
  }
}

function askedOf(given: unknown, address: string | null, question: Question, context: OlderContext): Asked {
  const isToken = typeof given === 'string'
  return {
    version: olderVersion(given) ?? '0.5',
    assertion: (isToken ? payloadOf(given) : given) as JsonObject,
    token: isToken ? given : null,
    address,
    question,
    at: question.at ?? context.now,
  }
}
