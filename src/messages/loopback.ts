const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|::ffff:127\.\d+\.\d+\.\d+)$/

/** Whether that host name, or address, is this machine. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

/** Whether messages may be read on a page: nothing sends them, and the service is for this machine only. */
export const isPreviewOpen = ({ mail, baseUrl }: { mail: unknown; baseUrl: string }): boolean =>
  mail === null && isLoopback(new URL(baseUrl).hostname)
