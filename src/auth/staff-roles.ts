/** What someone may be in an organisation. */
export const STAFF_ROLES = ['formateur', 'administrateur', 'referent', 'employeur'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

/** As pages and messages say it. */
export const ROLE_WORDS: Record<StaffRole, string> = {
  administrateur: 'administratrice ou administrateur',
  formateur: 'formatrice ou formateur',
  referent: 'référente ou référent de structure',
  employeur: 'employeuse ou employeur',
}
