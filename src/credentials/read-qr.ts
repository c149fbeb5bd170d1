import { readFileSync } from 'node:fs'

const WASM = new URL('../../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', import.meta.url)
let isReady = false

/** The texts of the QR codes of a picture (PNG or JPEG), five at most. Its size must have been checked. */
export async function readQr(picture: Uint8Array): Promise<string[]> {
  const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader')
  if (!isReady) {
    const wasm = readFileSync(WASM)
    const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength)
    prepareZXingModule({ overrides: { wasmBinary } })
    isReady = true
  }
  const found = await readBarcodes(picture, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 5 })
  return found.filter(({ isValid }) => isValid).map(({ text }) => text)
}
