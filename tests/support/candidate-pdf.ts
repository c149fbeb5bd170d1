import PdfKit from 'pdfkit'

type Content = {
  text?: string
  link?: string
  attached?: { name: string; content: string | Buffer }[]
  password?: string
}

/** A PDF as a candidate may send one. */
export function aPdf({ text = 'CV', link, attached = [], password }: Content): Promise<Buffer> {
  const document = new PdfKit(password ? { userPassword: password } : {})
  const parts: Buffer[] = []
  document.on('data', (part: Buffer) => parts.push(part))
  const whole = new Promise<Buffer>((resolve) => {
    document.on('end', () => resolve(Buffer.concat(parts)))
  })
  document.text(text)
  if (link) document.link(50, 50, 200, 20, link)
  for (const { name, content } of attached) document.file(Buffer.from(content), { name, type: 'application/json' })
  document.end()
  return whole
}
