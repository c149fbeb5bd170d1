/** What a layer is painted with: cream, gold, or the colour of the badge's field showing through. */
export type Tone = 'main' | 'accent' | 'cut'

/** One path in a 48 × 48 grid, filled, or drawn as a round-ended line when it has a width (in grid units). */
export type Layer = readonly [tone: Tone, path: string, width?: number]

function disc(cx: number, cy: number, r: number): string {
  return `M${round(cx - r)} ${cy}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0z`
}

function box(x: number, y: number, width: number, height: number, r: number): string {
  const across = round(width - 2 * r)
  const down = round(height - 2 * r)
  const corner = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx} ${dy}`
  return `M${round(x + r)} ${y}h${across}${corner(r, r)}v${down}${corner(-r, r)}h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}z`
}

/** The path of the half of a star's points that lies clockwise (`side` 1) or anticlockwise (`side` -1) of each tip. */
export function facets(cx: number, cy: number, tip: number, notch: number, points: number, side: 1 | -1): string {
  const at = (r: number, turn: number) => {
    const angle = (turn * 2 - 0.5) * Math.PI
    return `${round(cx + r * Math.cos(angle))} ${round(cy + r * Math.sin(angle))}`
  }
  return Array.from({ length: points }, (_, i) => {
    const turn = i / points
    return `M${round(cx)} ${round(cy)}L${at(tip, turn)} ${at(notch, turn + side / (2 * points))}z`
  }).join('')
}

function round(n: number): number {
  return Math.round(n * 10) / 10
}

// Lit from the left: where a drawing has two sides, the left one is cream and the right one gold.
// Lines are 2.2 units wide or more: about 2 pixels in a 90-pixel badge.
/** The layers of each pictogram, bottom first, each drawing centred and free of text. */
export const drawings = {
  search: [
    ['main', disc(20, 20, 13.5), 5],
    ['accent', 'M12.8 20a7.2 7.2 0 0 1 7.2-7.2', 3],
    ['accent', 'M33.2 33.2L40 40', 7.5],
  ],
  folder: [
    ['accent', 'M5 37V12a4 4 0 0 1 4-4h9.5a4 4 0 0 1 3 1.3L25 13h14a4 4 0 0 1 4 4v20z'],
    ['cut', box(5, 18.5, 38, 22, 3), 4.6],
    ['main', box(5, 18.5, 38, 22, 3)],
    ['cut', 'M12 33.5h10', 3],
  ],
  chat: [
    ['accent', box(17, 5, 27, 21, 6)],
    ['accent', 'M34 24l8.5 8V22z'],
    ['cut', `${box(4, 13, 29, 21, 6)}M10 32v10l10-9z`, 5],
    ['main', `${box(4, 13, 29, 21, 6)}M10 32v10l10-9z`],
    ['cut', disc(11.5, 23.5, 2.2) + disc(18.5, 23.5, 2.2) + disc(25.5, 23.5, 2.2)],
  ],
  people: [
    ['accent', disc(10, 17.5, 5) + disc(38, 17.5, 5)],
    ['accent', 'M1.5 39v-5.5a8.5 8.5 0 0 1 17 0V39zM29.5 39v-5.5a8.5 8.5 0 0 1 17 0V39z'],
    ['cut', `${disc(24, 13, 7)}M11.5 42v-6a12.5 12.5 0 0 1 25 0v6z`, 5],
    ['main', `${disc(24, 13, 7)}M11.5 42v-6a12.5 12.5 0 0 1 25 0v6z`],
  ],
  screen: [
    ['main', box(3, 6, 42, 29, 4)],
    ['cut', box(7, 10, 34, 21, 1)],
    ['accent', 'M19 13l13 6-5.5 2.2-2.3 5.3z'],
    ['main', 'M24 34v6', 6],
    ['main', 'M16 41.5h16', 4],
  ],
  pencil: [
    ['main', 'M6 42l3.8-12.8L29.5 9.5l9 9L18.8 38.2z'],
    ['accent', 'M32 7l2.3-2.3a4 4 0 0 1 5.7 0l3.3 3.3a4 4 0 0 1 0 5.7L41 16z'],
    ['cut', 'M10.5 29.5l8 8', 2.4],
    ['accent', 'M25 42h17', 3.6],
  ],
  shield: [
    ['main', 'M24 4C19 8 13 9.5 7 9.5V23c0 10 7 17 17 21z'],
    ['accent', 'M24 4c5 4 11 5.5 17 5.5V23c0 10-7 17-17 21z'],
    ['cut', 'M16 24l6 6 10.5-11.5', 4.4],
  ],
  lock: [
    ['accent', 'M14.5 24v-9a9.5 9.5 0 0 1 19 0v9', 4.8],
    ['cut', 'M8 20.5h32', 2.4],
    ['main', box(7.5, 21, 33, 23, 4)],
    ['cut', disc(24, 30.5, 3.4)],
    ['cut', 'M24 31v6', 3.2],
  ],
  leaf: [
    ['main', 'M12.5 35.5C5 21 17 6 42 6z'],
    ['accent', 'M12.5 35.5L42 6c1 26-15 36-29.5 29.5z'],
    ['cut', 'M13 35L34 14M18.5 29.5v-8M18.5 29.5h8M26 22v-7M26 22h7', 2.4],
    ['main', 'M6.5 41.5l6-6', 3.6],
  ],
  heart: [
    ['main', 'M24 43C10 33 4 25.5 4 17.5 4 11 9 6.5 14.5 6.5c4 0 7.5 2 9.5 5.5z'],
    ['accent', 'M24 43c14-10 20-17.5 20-25.5 0-6.5-5-11-10.5-11-4 0-7.5 2-9.5 5.5z'],
    ['cut', 'M10.5 18.5c0-3.5 2-5.5 5-5.5', 3],
  ],
  wrench: [
    ['main', 'M27 20L11 36', 9],
    ['main', disc(31, 16, 11.5)],
    ['cut', 'M32 15l7.5-7.5', 8],
    ['cut', disc(11, 36, 2.4)],
    ['accent', 'M35 27.5l7.4 4.25v8.5L35 44.5l-7.4-4.25v-8.5z'],
    ['cut', disc(35, 36, 3)],
  ],
  puzzle: [
    ['accent', box(24, 15, 20, 25.5, 2)],
    ['cut', disc(34.2, 18.2, 4.6)],
    ['cut', `${box(4, 15, 19, 25.5, 2)}${disc(26.5, 28, 4.6)}`, 4.6],
    ['main', `${box(4, 15, 19, 25.5, 2)}${disc(13.5, 11.6, 4.6)}${disc(26.5, 28, 4.6)}`],
    ['cut', disc(13.5, 37.4, 4.6)],
  ],
  handshake: [
    ['main', 'M1 10h13l7 2 6 8-10.5 15L9 28.5H1z'],
    ['main', 'M22 21.5l13.8 10.3M17 26.5l12 9M13 31l8.5 6.5', 5.4],
    ['cut', 'M36 10l-6-.5c-3-.3-5 .7-7 2.5l-6.8 6.2a3.7 3.7 0 0 0 4.8 5.6l7.3-4.3L39.5 28.5', 4.6],
    ['accent', 'M47 10H35l-5-.5c-3-.3-5 .7-7 2.5l-6.8 6.2a3.7 3.7 0 0 0 4.8 5.6l7.3-4.3L39.5 28.5H47z'],
    ['cut', 'M8 7v25M40 7v25', 2.4],
  ],
  compass: [
    ['main', disc(24, 24, 19), 4.2],
    ['main', 'M24 9.5v1.5M24 37v1.5M9.5 24h1.5M37 24h1.5', 2.4],
    ['accent', 'M34.2 13.8L28 28l-8-8z'],
    ['main', 'M13.8 34.2L20 20l8 8z'],
    ['cut', disc(24, 24, 2.2)],
  ],
  signpost: [
    ['main', 'M24 4.5v38', 4.8],
    ['main', 'M16 43h16', 4],
    ['cut', 'M9 8.5h25l7 6-7 6H9zM39 23.5H14l-7 6 7 6h25z', 4.6],
    ['main', 'M9 8.5h25l7 6-7 6H9z'],
    ['accent', 'M39 23.5H14l-7 6 7 6h25z'],
  ],
  scales: [
    ['main', 'M24 8v33', 3.6],
    ['main', 'M15 42h18', 4],
    ['main', 'M9 12.5h30', 3.6],
    ['main', disc(24, 9, 3.8)],
    ['main', 'M3.5 28l6.5-15 6.5 15M31.5 28L38 13l6.5 15', 2.2],
    ['accent', 'M1.5 28h17a8.5 8.5 0 0 1-17 0zM29.5 28h17a8.5 8.5 0 0 1-17 0z'],
  ],
  building: [
    ['main', 'M24 4l21 11.5V19H3v-3.5z'],
    ['cut', disc(24, 12.8, 2.8)],
    ['accent', box(7, 21.5, 5.5, 14, 0.5) + box(16.5, 21.5, 5.5, 14, 0.5)],
    ['accent', box(26, 21.5, 5.5, 14, 0.5) + box(35.5, 21.5, 5.5, 14, 0.5)],
    ['main', box(4, 37.8, 40, 5.4, 1.5)],
  ],
  key: [
    ['main', 'M20.2 21.6l19.5 19.5M32.7 34.1l5.5-5.5M38.7 40.1l4-4', 5.2],
    ['accent', disc(14.2, 15.6, 8.5), 5.6],
  ],
  book: [
    ['main', 'M3 9.5c7-2.5 14.5-1.5 19.7 2V42c-5.2-3.5-12.7-4.5-19.7-2z'],
    ['accent', 'M45 9.5c-7-2.5-14.5-1.5-19.7 2V42c5.2-3.5 12.7-4.5 19.7-2z'],
    ['cut', 'M8.5 17c3-.6 6-.2 9 1M8.5 24.5c3-.6 6-.2 9 1M39.5 17c-3-.6-6-.2-9 1M39.5 24.5c-3-.6-6-.2-9 1', 2.6],
  ],
  megaphone: [
    ['accent', 'M10 28.8h8.5l2.5 10.5a2 2 0 0 1-2 2.5h-4.5a2 2 0 0 1-2-1.5z'],
    ['main', 'M16 16.3L35 6.8v31L16 28.3H8a4 4 0 0 1-4-4v-4a4 4 0 0 1 4-4z'],
    ['cut', 'M16.5 15.8v13', 2.4],
    ['accent', 'M39.5 15.8c4.5 3 4.5 10 0 13', 3.6],
  ],
  graduation: [
    ['main', 'M24 8l23 10.5L24 29 1 18.5z'],
    ['accent', 'M11 26.2v8.3C11 38 17 41 24 41s13-3 13-6.5v-8.3l-13 6z'],
    ['main', 'M43 20v12', 2.8],
    ['main', disc(43, 34.5, 3)],
  ],
  clipboard: [
    ['main', box(8, 7, 32, 38, 4)],
    ['cut', box(16, 3, 16, 9, 3), 4.8],
    ['accent', box(16, 3, 16, 9, 3)],
    ['cut', 'M14 22.5l3 3 5-5.5M14 34.5l3 3 5-5.5M28 23.5h6M28 35.5h6', 3],
  ],
  coins: [
    ['accent', box(4.5, 37, 25, 6.4, 3) + box(6.5, 28.4, 25, 6.4, 3) + box(3.5, 19.8, 25, 6.4, 3)],
    ['cut', disc(30, 19.5, 15.5), 5],
    ['main', disc(30, 19.5, 15.5)],
    ['cut', 'M36.5 13.7a8 8 0 1 0 0 11.6M20.5 17.2h10.5M20.5 21.8h9', 2.7],
  ],
  child: [
    ['main', disc(24, 26.5, 16.5) + disc(7.5, 30.8, 4) + disc(40.5, 30.8, 4)],
    ['cut', 'M7 24.5C7 14 14.5 8 24 8s17 6 17 16.5c-7 0-11-3-13-7-3.5 5-11 7-21 7z', 4.6],
    ['accent', 'M7.5 24.5C7.5 14.5 14.5 9 24 9s16.5 5.5 16.5 15.5c-7 0-11-3-12.5-7-3.5 5-11 7-20.5 7z'],
    ['accent', 'M24 10c-3-4 1-8 5-5.5', 3],
    ['cut', disc(17.5, 29.5, 2.3) + disc(30.5, 29.5, 2.3)],
    ['cut', 'M18 35.5c3.5 3.5 8.5 3.5 12 0', 2.8],
  ],
  school: [
    ['accent', 'M24 2h10l-2.5 3.2 2.5 3.3H24z'],
    ['main', 'M24 3.4v8', 2.8],
    ['main', 'M24 10l13.5 10v22.5h-27V20z'],
    ['accent', box(3.7, 25, 4.6, 17.5, 1) + box(39.7, 25, 4.6, 17.5, 1)],
    ['cut', disc(24, 22.5, 3.6)],
    ['cut', 'M19.5 42.5V34a4.5 4.5 0 0 1 9 0v8.5z'],
  ],
  ear: [
    ['main', 'M11 20.5C11 11 17 5 25 5s13.5 6 13.5 13.5c0 7.5-5 9-7 13.5S29.5 43 22.5 43c-4.5 0-7-3-7-6.5', 5],
    ['accent', 'M18.5 20.5c0-5 2.7-8 6.5-8 3.5 0 6 2.5 6 6 0 4.5-5.5 5-6 10-.3 3-1.5 4.5-3.5 4.5', 3.8],
  ],
  globe: [
    ['main', disc(23, 23, 20)],
    ['cut', 'M23 3c-13 12-13 28 0 40M23 3c13 12 13 28 0 40M3 23h40M6.5 12.5h33M6.5 33.5h33', 2.3],
    ['cut', 'M28 27l17.5 6.8-7.5 3.7-3.7 7.5z', 5],
    ['accent', 'M28 27l17.5 6.8-7.5 3.7-3.7 7.5z'],
  ],
  star: [
    ['main', facets(24, 26, 23, 9.8, 5, -1)],
    ['accent', facets(24, 26, 23, 9.8, 5, 1)],
  ],
  wheelchair: [
    ['accent', 'M12.6 21.5a12.5 12.5 0 1 0 19.5 13', 4.2],
    ['main', disc(19.1, 6.5, 4.5)],
    ['main', 'M19.1 15v13h11.5l5.5 12h5', 4.8],
    ['main', 'M19.6 21h10', 3.8],
  ],
  network: [
    ['main', 'M24 24V7M24 24l16.5-5.5M24 24l10 14.5M24 24L14 38.5M24 24L7.5 18.5', 3],
    ['accent', disc(24, 7, 4.5) + disc(41, 18.5, 4.5) + disc(34.5, 39, 4.5) + disc(13.5, 39, 4.5) + disc(7, 18.5, 4.5)],
    ['cut', disc(24, 24, 6.8), 4],
    ['main', disc(24, 24, 6.8)],
  ],
} as const satisfies Record<string, readonly Layer[]>
