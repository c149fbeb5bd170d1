import { count } from '../web/components.ts'
import { widthOf, wrap } from '../web/lettering.ts'
import { type Drawing, ink } from './chart-ink.ts'

/** A bar: null where its count is withheld. `said`: what stands at its end, when not the number alone. */
export type Bar = { label: string; value: number | null; said?: string }

const WIDTH = 440
const SIZE = 15
const SMALL = 14
const LINE = 19
const THICK = 13

/** Loaded with the first chart: half a second that a service whose figures nobody reads need not spend. */
let loading: Promise<typeof import('echarts/core')> | undefined
const echarts = () => (loading ??= load())

async function load() {
  const [core, { BarChart }, { GridComponent }, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ])
  core.use([BarChart, GridComponent, SVGRenderer])
  return core
}

/** Lines of a table as bars, each under its name, in the order given, `whole` as long as can be; one withheld is hatched from end to end: it may be any. */
export async function drawBars(bars: readonly Bar[], whole = 1): Promise<Drawing> {
  const names = bars.map(({ label }) => wrap(label, { size: SIZE, width: WIDTH - 6, most: 2 }))
  const most = Math.max(whole, ...bars.map(({ value }) => value ?? 0))
  const above = Math.max(1, ...names.map((one) => one.length)) * LINE
  const height = bars.length * (above + THICK + 16)
  const ends = bars.map(({ value, said }) => said ?? (value === null ? 'secret' : count(value)))
  const right = Math.max(...ends.map((one) => widthOf(one, SIZE))) + 10
  const label = { show: true, color: ink.text, fontSize: SIZE, fontFamily: 'chart', lineHeight: LINE }
  return draw(WIDTH, height, {
    grid: { left: 1, right, top: above - 4, bottom: 0 },
    xAxis: { type: 'value', min: 0, max: most, show: false },
    yAxis: { type: 'category', inverse: true, data: bars.map((_, at) => String(at)), show: false },
    series: [
      {
        type: 'bar',
        barWidth: THICK,
        barGap: '-100%',
        data: bars.map(({ value }, at) => ({
          value: most,
          itemStyle: { color: value === null ? ink.hatched : 'none' },
          label: { ...label, position: 'right', formatter: () => (value === null ? ends[at]! : '') },
        })),
      },
      {
        type: 'bar',
        barWidth: THICK,
        itemStyle: { color: ink.bar },
        data: bars.map(({ value }, at) => ({
          value: value ?? 0,
          label: { ...label, position: 'right', formatter: () => (value === null ? '' : ends[at]!) },
        })),
      },
      {
        type: 'bar',
        barWidth: THICK,
        itemStyle: { color: 'none' },
        data: names.map((name) => ({
          value: most,
          label: { ...label, position: [0, -name.length * LINE - 2], align: 'left', formatter: () => name.join('\n') },
        })),
      },
    ],
  })
}

/** Columns from left to right, as months are; what is withheld is hatched from top to bottom. */
export async function drawColumns(bars: readonly Bar[]): Promise<Drawing> {
  const top = niceTop(Math.max(1, ...bars.map(({ value }) => value ?? 0)))
  const every = Math.ceil(bars.length / 6)
  const axis = { color: ink.muted, fontSize: SMALL, fontFamily: 'chart' }
  return draw(WIDTH, 240, {
    grid: { left: widthOf(count(top), SMALL) + 14, right: 4, top: 12, bottom: 46 },
    xAxis: {
      type: 'category',
      data: bars.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.line } },
      axisLabel: { ...axis, interval: (at: number) => at % every === 0, lineHeight: 17 },
    },
    yAxis: {
      type: 'value',
      max: top,
      interval: top / 4,
      minInterval: 1,
      axisLabel: { ...axis, formatter: (value: number) => (Number.isInteger(value) ? count(value) : '') },
      splitLine: { lineStyle: { color: ink.line, width: 0.6 } },
    },
    series: [
      {
        type: 'bar',
        barGap: '-100%',
        barCategoryGap: '25%',
        data: bars.map(({ value }) => ({
          value: value === null ? top : 0,
          itemStyle: { color: ink.hatched },
        })),
      },
      { type: 'bar', itemStyle: { color: ink.bar }, data: bars.map(({ value }) => value ?? 0) },
    ],
  })
}

/** A round number above, whose quarters can be read: 4, 8, 20, 40, 80, 100, 200… */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return [0.4, 0.8, 1, 2, 4, 6, 8, 10].map((one) => Math.max(4, one * power)).find((one) => one >= most)!
}

async function draw(width: number, height: number, option: object): Promise<Drawing> {
  const { init } = await echarts()
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'chart' }, ...option })
    return { width, height, content: plain(chart.renderToSVGString()) }
  } finally {
    chart.dispose()
  }
}

/** What is drawn and nothing else: no style (the page allows none), no class or name that another drawing could have too. */
const plain = (svg: string): string =>
  svg
    .replace(/^[^]*?<rect [^>]*fill="none"><\/rect>/, '')
    .replaceAll(/<style[^]*?<\/style>|<\/svg>/g, '')
    .replaceAll(/ (?:class|ecmeta_\w+|xml:space|pointer-events)="[^"]*"/g, '')
    .replaceAll(/<path ([^>]*)><\/path>\n?/g, (path, drawn: string) => (isNothing(drawn) ? '' : path))
    .replaceAll(/\n{2,}/g, '\n')
    .replaceAll(/<text ([^>]*)>/g, (_, attributes: string) => `<text ${plainText(attributes)}>`)
    .trim()

/** A bar of no length, or of no colour. */
const isNothing = (drawn: string): boolean =>
  !drawn.includes('stroke=') && (drawn.includes('fill="none"') || /l0 0l0|l0 0l-|0l0 0l/.test(drawn))

/** A text placed by its baseline, so that it is drawn alike with or without its font. */
function plainText(attributes: string): string {
  const of = (pattern: RegExp): string[] => pattern.exec(attributes)?.slice(1) ?? []
  const [x = '0', y = '0'] = of(/translate\(([-\d.]+) ([-\d.]+)\)/)
  const [size = String(SMALL)] = of(/font-size:([\d.]+)px/)
  const [dx = '0'] = of(/(?:^| )x="([-\d.]+)"/)
  const [dy = '0'] = of(/(?:^| )y="([-\d.]+)"/)
  const [anchor = 'start'] = of(/text-anchor="(\w+)"/)
  const [fill = ink.text] = of(/fill="([^"]+)"/)
  const middle = attributes.includes('dominant-baseline="central"') ? Number(size) * 0.35 : 0
  const at = (value: number): number => Math.round(value * 10) / 10
  return `x="${at(Number(x) + Number(dx))}" y="${at(Number(y) + Number(dy) + middle)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}"`
}
