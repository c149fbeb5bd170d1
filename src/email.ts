/** An e-mail as compared: trimmed, lower case, composed form (composed last: lower case may take a letter apart). */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase().normalize('NFC')
