// The counts of the page follow the campaign, and a page that lists its rows is read again at the end; without this script the page reloads by itself.
const campaign = document.querySelector('[data-events]')
if (campaign) {
  const events = new EventSource(campaign.dataset.events)
  const show = (event) => {
    const { counts, sentence } = JSON.parse(event.data)
    const words = campaign.querySelector('[role=status]')
    if (words.textContent !== sentence) words.textContent = sentence
    campaign.querySelector('progress').value = counts.received - counts.pending
    for (const cell of campaign.querySelectorAll('[data-count]')) {
      cell.textContent = counts[cell.dataset.count].toLocaleString('fr-FR')
    }
  }
  events.addEventListener('progress', show)
  events.addEventListener('done', (event) => {
    show(event)
    events.close()
    if (campaign.hasAttribute('data-reload')) location.reload()
  })
}
