// Lights what goes with the box, or the column, that is pointed at or focused; the page says everything without it.
const light = (drawing, boxes) => {
  drawing.toggleAttribute('data-lit', boxes.size > 0)
  for (const box of drawing.querySelectorAll('[data-box]')) box.toggleAttribute('data-on', boxes.has(box.dataset.box))
  for (const path of drawing.querySelectorAll('[data-from]')) {
    path.toggleAttribute('data-on', boxes.has(path.dataset.from) && boxes.has(path.dataset.to))
  }
}

/** Everything upstream and downstream of a box. */
const around = (drawing, start) => {
  const edges = [...drawing.querySelectorAll('[data-from]')].map(({ dataset }) => dataset)
  const walk = (from, to) => {
    const found = new Set([start])
    for (const box of found) for (const edge of edges) if (edge[from] === box) found.add(edge[to])
    return found
  }
  return walk('from', 'to').union(walk('to', 'from'))
}

for (const drawing of document.querySelectorAll('svg[data-trace]')) {
  const show = ({ target }) => {
    const box = target.closest('[data-box]')
    light(drawing, box ? around(drawing, box.dataset.box) : new Set())
  }
  drawing.addEventListener('pointerover', show)
  drawing.addEventListener('focusin', show)
  for (const end of ['pointerleave', 'focusout']) drawing.addEventListener(end, () => light(drawing, new Set()))
}

for (const table of document.querySelectorAll('table[data-trace]')) {
  const columns = table.querySelectorAll('col')
  const show = (cell) => {
    const at = cell?.closest('tr[data-cells]') ? cell.cellIndex : Number(cell?.dataset.column ?? 0)
    for (const [index, column] of columns.entries()) column.toggleAttribute('data-on', at > 0 && index === at)
  }
  table.addEventListener('pointerover', ({ target }) => show(target.closest('td, th')))
  table.addEventListener('focusin', ({ target }) => show(target.closest('td, th')))
  for (const end of ['pointerleave', 'focusout']) table.addEventListener(end, () => show(null))
}
