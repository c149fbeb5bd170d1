// One address and nothing else: no list, no comment, no display name, no line that would begin another header.
const PLAIN = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}.]+(\.[^\s@<>()[\]\\,;:"\p{C}.]+)+$/u

/** Whether a text is one plain e-mail address, as a message may be sent to it. */
export const isPlainAddress = (text: string): boolean => text.length <= 254 && PLAIN.test(text)
