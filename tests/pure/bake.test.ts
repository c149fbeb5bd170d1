import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bakePng, bakeSvg, isPng, unbakePng, unbakeSvg } from '../../src/credentials/bake.ts'
import { aPng } from '../support/pictures.ts'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
const text = (flag: number, content: Buffer): Buffer =>
  chunk('iTXt', Buffer.concat([Buffer.from('openbadgecredential\0', 'latin1'), Buffer.from([flag, 0, 0, 0]), content]))
const HEADER = chunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
const PIXELS = chunk('IDAT', deflateSync(Buffer.from([0, 0])))
const END = chunk('IEND', Buffer.alloc(0))
const PNG = Buffer.concat([SIGNATURE, HEADER, PIXELS, END])
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>Badge</title><path d="M0 0"/></svg>'
const CREDENTIAL = JSON.stringify({
  name: 'Médiation « numérique » 🎓 — <b>&amp;</b> ]]> \u0000 \ufffe \uffff \u2028 \ud800 العربية',
})

describe('a PNG', () => {
  test('carries the credential in one uncompressed iTXt chunk just before its end, and stays the same image', () => {
    const baked = bakePng(PNG, CREDENTIAL)
    expect(baked.subarray(0, PNG.length - END.length)).toEqual(PNG.subarray(0, PNG.length - END.length))
    expect(baked.subarray(PNG.length - END.length, -END.length)).toEqual(text(0, Buffer.from(CREDENTIAL)))
    expect(baked.subarray(-END.length)).toEqual(END)
    expect(unbakePng(baked)).toBe(CREDENTIAL)
  })

  test.each([
    ['no badge', PNG, 'no_badge'],
    ['two badges', bakePng(bakePng(PNG, '{}'), '{}'), 'two_badges'],
    ['a compressed badge', Buffer.concat([SIGNATURE, HEADER, text(1, deflateSync('{}')), END]), 'png_damaged'],
    [
      'a badge chunk cut short',
      Buffer.concat([SIGNATURE, HEADER, chunk('iTXt', Buffer.from('openbadgecredential\0\0\0')), END]),
      'png_damaged',
    ],
    ['no end', PNG.subarray(0, -END.length), 'png_damaged'],
    ['nothing after its signature', SIGNATURE, 'png_damaged'],
  ])('with %s is refused', (_, png, code) => {
    expect(() => unbakePng(png)).toThrow(expect.objectContaining({ code, mend: expect.stringMatching(/\.$/) }))
  })

  test('of which any one byte was changed is refused', () => {
    const baked = bakePng(PNG, '{"name":"x"}')
    for (let at = 0; at < baked.length; at++) {
      const changed = Buffer.from(baked)
      changed[at]! ^= 0x20
      expect(() => unbakePng(changed), `byte ${at}`).toThrow(expect.objectContaining({ name: 'DomainError' }))
    }
  })

  test('cut anywhere is refused', () => {
    const baked = bakePng(PNG, '{"name":"x"}')
    for (let length = 0; length < baked.length; length++) {
      expect(() => unbakePng(baked.subarray(0, length))).toThrow(expect.objectContaining({ code: 'png_damaged' }))
    }
  })

  test('is told from other bytes by its signature', () => {
    expect(isPng(PNG)).toBe(true)
    expect(isPng(Buffer.from('{"png":true}'))).toBe(false)
    expect(isPng(Buffer.alloc(0))).toBe(false)
  })
})

describe('a PNG of an older version', () => {
  const older = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)))
  const compressed = (content: Buffer): Buffer => aPng(['iTXt', older('openbadges\0\x01\0\0\0', content)])

  test.each([
    ['an iTXt chunk', bakePng(PNG, '{"é":1}', '2.0'), '{"é":1}'],
    ['a compressed iTXt chunk', compressed(deflateSync('{"é":1}')), '{"é":1}'],
    ['a tEXt chunk', aPng(['tEXt', 'openbadges\0https://ailleurs.example/1']), 'https://ailleurs.example/1'],
  ])('carries its badge in %s of its own keyword', (_, png, badge) => {
    expect(unbakePng(png)).toBe(badge)
  })

  test.each([
    ['the same badge in two versions', bakePng(bakePng(PNG, '{}'), '{}', '2.0'), 'two_badges'],
    [
      'an address and a badge',
      aPng(['tEXt', 'openbadges\0https://ailleurs.example/1'], ['iTXt', 'openbadges\0\0\0\0\0{}']),
      'two_badges',
    ],
    ['a compressed badge cut short', compressed(deflateSync('{"name":"x"}').subarray(0, -6)), 'png_damaged'],
    ['a compressed badge of a gigabyte', compressed(deflateSync(Buffer.alloc(2 ** 26))), 'png_damaged'],
    ['another compression', aPng(['iTXt', 'openbadges\0\x02\0\0\0{}']), 'png_damaged'],
    ['text of another keyword', aPng(['tEXt', 'Comment\0openbadges'], ['tEXt', 'openbadges']), 'no_badge'],
  ])('with %s is refused', (_, png, code) => {
    expect(() => unbakePng(png)).toThrow(expect.objectContaining({ code, mend: expect.stringMatching(/\.$/) }))
  })
})

describe('an SVG of an older version', () => {
  const svgOf = (inner: string) => `<svg xmlns:openbadges="http://openbadges.org">${inner}</svg>`

  test('carries the badge and its address in one element right after its opening tag', () => {
    const baked = bakeSvg(SVG, '{"id":"x"}', '2.0', 'https://ailleurs.example/1')
    expect(baked).toContain(
      'xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="https://ailleurs.example/1"><![CDATA[{"id":"x"}]]></openbadges:assertion>',
    )
    expect(unbakeSvg(baked)).toBe('{"id":"x"}')
    expect(unbakeSvg(svgOf('<openbadges:assertion verify="https://ailleurs.example/1"/>'))).toBe(
      'https://ailleurs.example/1',
    )
  })

  test('carries a script for nothing: only its badge is read', () => {
    const scripted = svgOf('<script>alert(1)</script><openbadges:assertion>{}</openbadges:assertion>')
    expect(unbakeSvg(scripted)).toBe('{}')
  })

  test.each([
    ['two badges', svgOf('<openbadges:assertion verify="a"/><openbadges:assertion verify="a"/>'), 'two_badges'],
    ['the same badge in two versions', bakeSvg(bakeSvg('<svg></svg>', '{}').replace('<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential>', '<svg><openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'), '{}', '2.0'), 'two_badges'], // prettier-ignore
    ['the element of the other version', svgOf('<openbadges:credential>{}</openbadges:credential>'), 'no_badge'],
    ['a document type', `<!DOCTYPE svg [<!ENTITY a "b">]>${svgOf('<openbadges:assertion/>')}`, 'svg_damaged'],
    ['an entity that it does not define', svgOf('<openbadges:assertion verify="&secret;"/>'), 'svg_damaged'],
  ])('with %s is refused', (_, svg, code) => {
    expect(() => unbakeSvg(svg)).toThrow(expect.objectContaining({ code, mend: expect.stringMatching(/\.$/) }))
  })
})

describe('an SVG', () => {
  const inside = (element: string): string =>
    bakeSvg(SVG, '{}').replace(/<openbadges:credential>.*<\/openbadges:credential>/, element)

  test('carries the credential in one element right after its opening tag', () => {
    const baked = bakeSvg(SVG, '{"name":"x"}')
    expect(baked).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">' +
        '<openbadges:credential><![CDATA[{"name":"x"}]]></openbadges:credential>' +
        '<title>Badge</title><path d="M0 0"/></svg>',
    )
    expect(unbakeSvg(baked)).toBe('{"name":"x"}')
  })

  test('gives back the same JSON whatever its characters, even those that XML or CDATA do not allow', () => {
    expect(JSON.parse(unbakeSvg(bakeSvg(SVG, CREDENTIAL)))).toEqual(JSON.parse(CREDENTIAL))
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = JSON.stringify({ value })
        expect(JSON.parse(unbakeSvg(bakeSvg(SVG, json)))).toEqual(JSON.parse(json))
        expect(unbakePng(bakePng(PNG, json))).toBe(json)
      }),
    )
  })

  test.each([
    ['no badge', SVG, 'no_badge'],
    [
      'the element of another vocabulary',
      SVG.replace(
        '<title>',
        '<openbadges:credential xmlns:openbadges="https://exemple.fr">{}</openbadges:credential><title>',
      ),
      'no_badge',
    ],
    [
      'two badges',
      inside('<openbadges:credential>{}</openbadges:credential><openbadges:credential>{}</openbadges:credential>'),
      'two_badges',
    ],
    [
      'a badge inside a badge',
      inside('<openbadges:credential>{<openbadges:credential>}</openbadges:credential></openbadges:credential>'),
      'two_badges',
    ],
    ['a document type', `<!DOCTYPE svg [<!ENTITY a "b">]>${bakeSvg(SVG, '{}')}`, 'svg_damaged'],
    [
      'an entity that it does not define',
      inside('<openbadges:credential>&secret;</openbadges:credential>'),
      'svg_damaged',
    ],
    ['a tag left open', bakeSvg(SVG, '{}').slice(0, -6), 'svg_damaged'],
    ['elements nested without end', `<svg>${'<g>'.repeat(300_000)}`, 'svg_damaged'],
    ['nothing in it', '', 'svg_damaged'],
  ])('with %s is refused', (_, svg, code) => {
    expect(() => unbakeSvg(svg)).toThrow(expect.objectContaining({ code, mend: expect.stringMatching(/\.$/) }))
  })

  test('may carry a signed token in its attribute', () => {
    expect(unbakeSvg(inside('<openbadges:credential verify="eyJh.eyJi.c"/>'))).toBe('eyJh.eyJi.c')
  })

  test('with a prolog and comments is read', () => {
    expect(unbakeSvg(`<?xml version="1.0" encoding="UTF-8"?><!-- > -->${bakeSvg(SVG, '{}')}`)).toBe('{}')
  })
})
