const BASE = 'https://purl.imsglobal.org/spec/ob/v3p0/scope'

/** The scopes of the Open Badges 3.0 API (§6.2 of its specification), each with what it allows, after « Elle pourra ». */
export const BADGE_SCOPES = {
  [`${BASE}/credential.readonly`]: 'lire vos badges : ceux délivrés ici et ceux que vous y avez rangés',
  [`${BASE}/credential.upsert`]: 'ajouter des badges à votre portefeuille et y remplacer ceux qu’elle a ajoutés',
  [`${BASE}/profile.readonly`]: 'lire le profil que vous acceptez de montrer',
  [`${BASE}/profile.update`]: 'changer ce profil',
}

export const READ_CREDENTIALS = `${BASE}/credential.readonly`
export const WRITE_CREDENTIALS = `${BASE}/credential.upsert`
export const READ_PROFILE = `${BASE}/profile.readonly`
export const WRITE_PROFILE = `${BASE}/profile.update`
