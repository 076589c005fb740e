"""A session that does what it is told, line by line, and says of each what has become of it."""
import ftplib
import hashlib
import socket
import sys


def get(name, pause):
    digest = hashlib.sha256()
    data = ftp.transfercmd('RETR ' + name)
    digest.update(data.recv(1))
    if pause:
        print('begun', flush=True)
        sys.stdin.readline()
    return whole(data, digest)


def late(name):
    """Comes for its data only when it is told to."""
    told = ftp.makepasv()
    print('told', flush=True)
    sys.stdin.readline()
    data = socket.create_connection(told, 20)
    data.settimeout(20)
    ftp.sendcmd('RETR ' + name)
    return whole(data, hashlib.sha256())


def whole(data, digest):
    while True:
        some = data.recv(65536)
        if not some:
            break
        digest.update(some)
    data.close()
    ftp.voidresp()
    return digest.hexdigest()


def put(name):
    """A file of two halves, and a pause between them."""
    half = b'culvert!' * 100000
    data = ftp.transfercmd('STOR ' + name)
    data.sendall(half)
    print('begun', flush=True)
    sys.stdin.readline()
    data.sendall(half)
    data.close()
    return ftp.voidresp()


def abort(name):
    data = ftp.transfercmd('RETR ' + name)
    data.recv(1)
    ftp.putcmd('ABOR')
    data.close()
    replies = [ftp.getmultiline()[:3], ftp.getmultiline()[:3]]
    return ' '.join(replies)


ftp = ftplib.FTP()
ftp.connect(sys.argv[1], 21, 60)
welcome = ftp.login(sys.argv[2], sys.argv[3])
ftp.voidcmd('TYPE I')
print(welcome, flush=True)
for line in sys.stdin:
    verb, _, name = line.strip().partition(' ')
    try:
        if verb in ('get', 'begin'):
            said = get(name, verb == 'begin')
        elif verb == 'late':
            said = late(name)
        elif verb == 'put':
            said = put(name)
        elif verb == 'active':
            said = ftp.set_pasv(False) or 'active'
        elif verb == 'abort':
            said = abort(name)
        else:
            said = ftp.sendcmd(line.strip())
    except (OSError, EOFError, ftplib.Error) as e:
        said = type(e).__name__ + ' ' + str(e)
    print(said, flush=True)
