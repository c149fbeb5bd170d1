const TYPED = [
  'Uint8Array',
  'Uint8ClampedArray',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const
const MB = 1024 * 1024
const PER_FILE = 512 * MB
const WASM_PAGES = (768 * MB) / 65_536

let left = PER_FILE

/** A new file: what it may allocate is whole again. */
export function renewAllowance(): void {
  left = PER_FILE
}

/**
 * The limits of a thread that reads the files of strangers. A thread's heap is bounded by Node, its buffers are not: a few
 * kilobytes may ask for gigabytes of them, so each allocation is counted. Call it before the readers are imported.
 */
export function limitMemory(): void {
  for (const name of TYPED) {
    const value = counted(globalThis[name])
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  }
  // It would inflate outside of that account; the readers do without it.
  Reflect.deleteProperty(globalThis, 'DecompressionStream')
  const { Memory } = Reflect.get(globalThis, 'WebAssembly') as { Memory: { prototype: WasmMemory } }
  const { grow } = Memory.prototype
  Memory.prototype.grow = function limited(pages) {
    if (this.buffer.byteLength / 65_536 + pages > WASM_PAGES) throw new RangeError('The image asks for too much memory')
    return grow.call(this, pages)
  }
}

type WasmMemory = { buffer: ArrayBuffer; grow(this: WasmMemory, pages: number): number }
type TypedArrays = (new (length: number) => ArrayBufferView) & { BYTES_PER_ELEMENT: number }

function counted(original: TypedArrays): TypedArrays {
  const proxy: TypedArrays = new Proxy(original, {
    construct(target, args: unknown[], asked): object {
      const [length] = args
      if (typeof length === 'number') {
        left -= length * original.BYTES_PER_ELEMENT
        if (left < 0) throw new RangeError('The file asks for too much memory')
      }
      return Reflect.construct(target, args, asked === proxy ? target : asked) as object
    },
  })
  return proxy
}
