// A judge that takes all the memory it can.
process.on('message', () => {
  const taken: string[][] = []
  for (;;) taken.push(Array.from({ length: 100_000 }, (_, number) => `${taken.length}-${number}`))
})
