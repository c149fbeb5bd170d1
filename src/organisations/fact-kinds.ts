import { isSiret } from './siret.ts'

/** What is checked of an organisation. */
export const FACT_KINDS = ['siret', 'nda', 'qualiopi', 'certificateur'] as const
export type FactKind = (typeof FACT_KINDS)[number]

type Form = { label: string; isRight: (value: string) => boolean; mend: string }

/** How each one is called and written. */
export const FACT_FORMS: Record<FactKind, Form> = {
  siret: {
    label: 'SIRET',
    isRight: isSiret,
    mend: 'Recopiez les 14 chiffres depuis l’avis de situation (ou le RIDET de 7 à 10 chiffres outre-mer).',
  },
  nda: {
    label: 'Déclaration d’activité',
    isRight: (value) => /^\d{11}$/.test(value),
    mend: 'Recopiez les 11 chiffres du numéro de déclaration d’activité.',
  },
  qualiopi: {
    label: 'Qualiopi',
    isRight: (value) => value === 'oui' || value === 'non',
    mend: 'Écrivez « oui » ou « non ».',
  },
  certificateur: {
    label: 'Certificateur',
    isRight: (value) => /^(RNCP|RS)\d{1,6}$/.test(value),
    mend: 'Écrivez le code de la fiche : RNCP40695, RS6912…',
  },
}
