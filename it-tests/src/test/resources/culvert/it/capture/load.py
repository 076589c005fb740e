"""Many short jobs, and a server that takes few resources for them.

usage: load.py serve ADDRESS PORT
       load.py run ADDRESS PORT USER PASSWORD JOBS JOBS_A_SECOND
"""
import asyncio
import re
import sys

CONTENT = bytes(range(256)) * 16


async def session(reader, writer):
    """One control connection, with passive transfers of the one file that there is."""
    data = asyncio.Queue()
    listener = None

    async def say(line):
        writer.write(line.encode() + b'\r\n')
        await writer.drain()

    await say('220 ready')
    while True:
        verb = (await reader.readline()).split(b' ')[0].strip().upper().decode()
        if verb == 'USER':
            await say('331 password')
        elif verb == 'PASS':
            await say('230 in')
        elif verb in ('EPSV', 'PASV'):
            address = writer.get_extra_info('sockname')[0]
            listener = await asyncio.start_server(lambda r, w: data.put(w), address, 0)
            port = listener.sockets[0].getsockname()[1]
            await say(
                '229 (|||%d|)' % port if verb == 'EPSV'
                else '227 (%s,%d,%d)' % (address.replace('.', ','), port >> 8, port & 255))
        elif verb == 'RETR':
            await say('150 coming')
            out = await data.get()
            out.write(CONTENT)
            await out.drain()
            out.close()
            listener.close()
            await say('226 done')
        elif verb == 'TYPE':
            await say('200 ok')
        elif verb == 'QUIT':
            await say('221 bye')
            break
        elif verb:
            await say('500 what?')
        else:
            break
    writer.close()


async def job(address, port, user, password):
    """Two connections, and whether the file has come through them."""
    reader, writer = await asyncio.open_connection(address, port)

    async def reply():
        return (await reader.readline()).decode().strip()

    async def ask(line):
        writer.write(line.encode() + b'\r\n')
        return await reply()

    try:
        said = [await reply(), await ask('USER ' + user), await ask('PASS ' + password)]
        passive = await ask('EPSV')
        there, into = await asyncio.open_connection(
            address, int(re.search(r'\|(\d+)\|', passive).group(1)))
        said.append(await ask('RETR file'))
        content = await there.read()
        into.close()
        said += [await reply(), await ask('QUIT')]
        codes = [line[:3] for line in said]
        if content != CONTENT or codes != ['220', '331', '230', '150', '226', '221']:
            raise OSError('%d octets, %s' % (len(content), said))
    finally:
        writer.close()


async def run(address, port, user, password, jobs, rate):
    room = asyncio.Semaphore(200)
    wrong = []

    async def one():
        try:
            await asyncio.wait_for(job(address, port, user, password), 60)
        except Exception as e:
            wrong.append(repr(e))
        finally:
            room.release()

    running = []
    for _ in range(jobs):
        await room.acquire()
        running.append(asyncio.create_task(one()))
        await asyncio.sleep(1 / rate)
    await asyncio.gather(*running)
    print('%d of %d' % (jobs - len(wrong), jobs), *wrong[:3], sep='\n')


async def serve(address, port):
    server = await asyncio.start_server(session, address, port, backlog=500)
    print('ready', flush=True)
    await server.serve_forever()


if sys.argv[1] == 'serve':
    asyncio.run(serve(sys.argv[2], int(sys.argv[3])))
else:
    asyncio.run(run(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5], int(sys.argv[6]), int(sys.argv[7])))
