import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGuardedFetch } from '../../src/credentials/fetch.ts'
import { Unreachable } from '../../src/credentials/suite.ts'

const strict = createGuardedFetch({ allowLoopback: false, timeoutMs: 2000 })
const local = createGuardedFetch({ allowLoopback: true, maxBytes: 1000, timeoutMs: 400 })

let answer: RequestListener
let origin: string
let asked: string[]
const server = createServer((request, response) => {
  asked.push(request.url!)
  answer(request, response)
})

beforeEach(async () => {
  asked = []
  answer = (_, response) => response.end('{}')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

describe('by default nothing but public https addresses is asked', () => {
  const port = () => new URL(origin).port

  test.each([
    ['http', () => 'http://example.com/'],
    ['another scheme', () => 'file:///etc/passwd'],
    ['no scheme at all', () => 'example.com'],
    ['a user name and password', () => 'https://nom:secret@example.com/'],
    ['this machine, over http', () => origin],
    ['this machine by its address', () => `https://127.0.0.1:${port()}/`],
    ['this machine in hexadecimal', () => `https://0x7f000001:${port()}/`],
    ['this machine as one number', () => `https://2130706433:${port()}/`],
    ['this machine in IPv6', () => `https://[::1]:${port()}/`],
    ['this machine, IPv4 mapped into IPv6', () => `https://[::ffff:127.0.0.1]:${port()}/`],
    ['this machine through NAT64', () => `https://[64:ff9b::7f00:1]:${port()}/`],
    ['this machine by its name', () => `https://localhost:${port()}/`],
    ['every address', () => `https://0.0.0.0:${port()}/`],
    ['a private network', () => 'https://10.0.0.1/'],
    ['another private network', () => 'https://192.168.1.1/'],
    ['a private network in 172.16', () => 'https://172.16.0.1/'],
    ['the metadata of a cloud', () => 'https://169.254.169.254/latest/meta-data'],
    ['a link-local IPv6', () => 'https://[fe80::1]/'],
    ['a private IPv6', () => 'https://[fd00::1]/'],
    ['a carrier’s network', () => 'https://100.64.0.1/'],
  ])('%s is refused', async (_, url) => {
    const refusal: unknown = await strict(url(), '*/*').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Unreachable)
    // Refused by the rule, and not because nobody happened to answer.
    const { message, cause } = refusal as Unreachable
    expect(`${message} ${String(cause)}`).toMatch(/Only https|Not a public address/)
    expect(asked).toEqual([])
  })
})

describe('with this machine allowed', () => {
  test('its documents are read, with their type', async () => {
    answer = (_, response) => response.setHeader('content-type', 'application/json; charset=utf-8').end('{"id":1}')
    const found = await local(`${origin}/badge`, 'application/json')
    expect(found).toEqual({ body: Buffer.from('{"id":1}'), contentType: 'application/json', url: `${origin}/badge` })
  })

  test('other private addresses and plain http elsewhere stay refused', async () => {
    await expect(local('https://10.0.0.1/', '*/*')).rejects.toBeInstanceOf(Unreachable)
    await expect(local('http://example.com/', '*/*')).rejects.toThrow('https')
  })

  test('a redirection is followed', async () => {
    answer = ({ url }, response) =>
      url === '/b' ? response.end('b') : response.writeHead(302, { location: '/b' }).end()
    expect((await local(`${origin}/a`, '*/*')).url).toBe(`${origin}/b`)
  })

  test.each([
    ['to a private address', 'https://10.0.0.1/', 'Not a public address'],
    ['to the metadata of a cloud', 'http://169.254.169.254/', 'Only https'],
    ['to a file', 'file:///etc/passwd', 'Only https'],
    ['to an address that is none', 'http://[', 'No readable answer'],
    ['to itself without end', '/', 'Too many redirects'],
  ])('a redirection %s is not', async (_, location, reason) => {
    answer = (_request, response) => response.writeHead(302, { location }).end()
    const refusal: unknown = await local(origin, '*/*').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Unreachable)
    expect((refusal as Unreachable).message).toContain(reason)
    expect(asked.length).toBe(location === '/' ? 4 : 1)
  })

  test('a document over the limit is refused, said or not said to be so', async () => {
    answer = (_, response) => response.end('x'.repeat(1000))
    expect((await local(origin, '*/*')).body).toHaveLength(1000)
    answer = (_, response) => response.end('x'.repeat(1001))
    await expect(local(origin, '*/*')).rejects.toThrow('too large')
    answer = (_, response) => {
      const more = () => response.write('x'.repeat(100)) || response.writable
      const timer = setInterval(more, 1)
      response.on('close', () => clearInterval(timer))
    }
    await expect(local(origin, '*/*')).rejects.toThrow('too large')
  })

  test('who never answers, answers drop by drop, or hangs up, is given up', async () => {
    answer = () => {}
    await expect(local(origin, '*/*')).rejects.toBeInstanceOf(Unreachable)
    answer = (_, response) => {
      const timer = setInterval(() => response.write('x'), 50)
      response.on('close', () => clearInterval(timer))
    }
    await expect(local(origin, '*/*')).rejects.toBeInstanceOf(Unreachable)
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('x')
      setTimeout(() => response.destroy(), 20)
    }
    await expect(local(origin, '*/*')).rejects.toBeInstanceOf(Unreachable)
  })

  test('an answer other than 200 is no document', async () => {
    for (const status of [204, 304, 404, 500]) {
      answer = (_, response) => response.writeHead(status).end()
      await expect(local(origin, '*/*')).rejects.toBeInstanceOf(Unreachable)
    }
  })
})
