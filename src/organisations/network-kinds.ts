/** What a network is; the words are those of the page. */
export const NETWORK_KINDS = ['branche', 'reseau', 'hub', 'collectivites', 'formation-publique'] as const

export const NETWORK_WORDS: Record<(typeof NETWORK_KINDS)[number], string> = {
  branche: 'Branches professionnelles',
  reseau: 'Réseau',
  hub: 'Hub territorial',
  collectivites: 'Réseau de collectivités',
  'formation-publique': 'Formation des agents publics',
}
