/** A line of a CSV that a spreadsheet opens. */
export const csvLine = (cells: (string | number | null | undefined)[]): string => `${cells.map(csvCell).join(',')}\r\n`

/** What a spreadsheet needs at the start of a file to read it as UTF-8. */
export const CSV_MARK = '\uFEFF'

/** A spreadsheet would run a cell that begins as a formula: an apostrophe makes it a text. */
function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? '')
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
