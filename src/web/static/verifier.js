// Files dropped anywhere on the zone are those chosen, their names are listed, and a long answer says that it is coming.
// Without this script the files are chosen by hand and the answer comes all the same.
const form = document.querySelector('form.verify')
const zone = form?.querySelector('.drop')
const input = zone?.querySelector('input[type=file]')
const chosen = zone?.querySelector('.chosen')
const button = form?.querySelector('button[type=submit]')

const list = () => {
  const names = [...input.files].map(({ name }) => name)
  const shown = names.slice(0, 10).join(', ')
  chosen.textContent =
    names.length < 2 ? '' : `${chosen.dataset.label} (${names.length}) : ${shown}${names.length > 10 ? '…' : ''}`
}

if (zone && input) {
  for (const type of ['dragover', 'dragleave', 'drop']) {
    zone.addEventListener(type, (event) => {
      event.preventDefault()
      zone.toggleAttribute('data-over', type === 'dragover')
    })
  }
  zone.addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length === 0) return
    input.files = event.dataTransfer.files
    list()
  })
  input.addEventListener('change', list)
}

if (form && button) {
  const words = button.textContent
  form.addEventListener('submit', () => {
    button.setAttribute('aria-busy', 'true')
    button.textContent = form.dataset.waiting
  })
  // Shown again by the «back» of the browser, the page waits for nothing.
  addEventListener('pageshow', () => {
    button.removeAttribute('aria-busy')
    button.textContent = words
  })
}
