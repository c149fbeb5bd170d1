import { limitMemory, renewAllowance } from './read-limits.ts'
import { readPdf as readPdfHere } from './read-pdf.ts'
import { readQr as readQrHere } from './read-qr.ts'

// The entry of the threads that read the files of strangers; each reader is imported after its limits.
limitMemory()

export function readPdf(bytes: Uint8Array) {
  renewAllowance()
  return readPdfHere(bytes)
}

export function readQr(bytes: Uint8Array) {
  renewAllowance()
  return readQrHere(bytes)
}
