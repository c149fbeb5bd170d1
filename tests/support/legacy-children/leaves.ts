// A judge that ends without a word, as if nothing had been asked.
process.on('message', () => process.exit(0))
