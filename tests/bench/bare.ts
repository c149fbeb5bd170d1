import Fastify from 'fastify'

// What Fastify alone can do: the same text from memory, nothing else.
const [, , port, text] = process.argv
const app = Fastify()
app.get('/health/ready', async () => ({ status: 'ready' }))
app.get('/', (_request, reply) => reply.type('application/json').send(text))
await app.listen({ host: '127.0.0.1', port: Number(port) })
process.on('SIGTERM', () => void app.close())
