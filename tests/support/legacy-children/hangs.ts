// A judge that never ends.
process.on('message', () => {
  for (;;);
})
