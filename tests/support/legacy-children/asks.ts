// A judge that never stops asking.
let id = 0
const ask = () => process.send!({ ask: ++id, url: `https://ailleurs.example/${id}` })
process.on('message', ask)
