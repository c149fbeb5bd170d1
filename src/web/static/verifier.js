// Dropping a file anywhere on the zone chooses it; without this script the file is chosen by hand.
const zone = document.querySelector('.drop')
const input = zone?.querySelector('input[type=file]')
if (zone && input) {
  for (const type of ['dragover', 'dragleave', 'drop']) {
    zone.addEventListener(type, (event) => {
      event.preventDefault()
      zone.toggleAttribute('data-over', type === 'dragover')
    })
  }
  zone.addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length === 1) input.files = event.dataTransfer.files
  })
}
