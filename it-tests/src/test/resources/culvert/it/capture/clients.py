"""Captured clients that watch closely. As root: each takes on the user that it is to be."""
import ftplib
import os
import socket
import struct
import sys


def become(uid):
    os.setgroups([])
    os.setresuid(uid, uid, uid)


def fate(address, port):
    """What becomes of a connection by which nothing is asked."""
    try:
        with socket.create_connection((address, port), 20) as s:
            got = s.recv(100)
            return got.decode() if got else 'end'
    except ConnectionResetError:
        return 'reset'
    except ConnectionRefusedError:
        return 'refused'


def as_user(uid, function, *arguments):
    """The same in a process of that user."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        become(uid)
        os.write(into, function(*arguments).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as told:
        said = told.read()
    os.waitpid(child, 0)
    return said


def foreign(address, user, password, name, uid, other):
    """Another user comes for a session's data before its owner, and behind it."""
    ftp = ftplib.FTP()
    os.setresuid(uid, uid, 0)
    ftp.connect(address, 21, 20)
    ftp.login(user, password)
    ftp.voidcmd('TYPE I')
    host, port = ftp.makepasv()
    print('told', host)
    os.setresuid(0, 0, 0)
    print('before', as_user(other, fate, host, port))
    os.setresuid(uid, uid, 0)
    data = socket.create_connection((host, port), 20)
    os.setresuid(0, 0, 0)
    ftp.putcmd('RETR ' + name)
    print('reply', ftp.getresp()[:3])
    print('behind', as_user(other, fate, host, port))
    size = 0
    while True:
        some = data.recv(65536)
        if not some:
            break
        size += len(some)
    print('size', size)
    print('reply', ftp.getresp()[:3])
    ftp.quit()


def active(address, user, password, name, uid):
    """From where data comes in active mode."""
    become(uid)
    ftp = ftplib.FTP()
    ftp.connect(address, 21, 20)
    ftp.login(user, password)
    listener = ftp.makeport()
    listener.settimeout(20)
    ftp.putcmd('RETR ' + name)
    data, peer = listener.accept()
    print(peer[0], peer[1])
    while data.recv(65536):
        pass
    print(ftp.getresp()[:3], ftp.getresp()[:3])


def again(address, user, password, uid):
    """A session from a port from which there was another connection a moment ago."""
    become(uid)
    with socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET) as s:
        s.settimeout(20)
        s.bind(('', 0))
        port = s.getsockname()[1]
        try:
            s.connect((address, 4711))  # which may see the reset, too
            print(s.recv(100))
        except ConnectionResetError:
            print('reset')
    ftp = ftplib.FTP()
    ftp.connect(address, 21, 20, source_address=('', port))
    print(ftp.login(user, password)[:3])
    ftp.quit()


def checksum(octets):
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def unreachable(address, own, uid):
    """A router tells the server that a packet of its session was too long, and shows the packet."""
    icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    become(uid)
    ftp = ftplib.FTP()
    welcome = ftp.connect(address, 21, 20)
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 60, 1, 0x4000, 64, 6, 0,
                       socket.inet_aton(address), socket.inet_aton(own))
    packet = head + struct.pack('!HHI', 21, ftp.sock.getsockname()[1], 0) + b'PASS secret '
    body = struct.pack('!HH', 0, 1300) + packet
    icmp.sendto(struct.pack('!BBH', 3, 4, checksum(struct.pack('!BBH', 3, 4, 0) + body)) + body,
                (address, 0))
    print(welcome[:3], ftp.quit()[:3])


def uncaptured(address, user, password, uid):
    """What becomes of a data connection that netfilter does not bring."""
    become(uid)
    ftp = ftplib.FTP()
    ftp.connect(address, 21, 20)
    ftp.login(user, password)
    print(fate(*ftp.makepasv()))
    ftp.close()


if sys.argv[1] == 'fate':
    become(int(sys.argv[4]))
    print(fate(sys.argv[2], int(sys.argv[3])))
elif sys.argv[1] == 'active':
    active(*sys.argv[2:6], int(sys.argv[6]))
elif sys.argv[1] == 'again':
    again(*sys.argv[2:5], int(sys.argv[5]))
elif sys.argv[1] == 'uncaptured':
    uncaptured(*sys.argv[2:5], int(sys.argv[5]))
elif sys.argv[1] == 'listen':
    with socket.create_server((sys.argv[2], int(sys.argv[3]))) as s:
        print('listens', flush=True)
        s.accept()[0].sendall(b'got you')
elif sys.argv[1] == 'unreachable':
    unreachable(*sys.argv[2:4], int(sys.argv[4]))
else:
    foreign(*sys.argv[2:6], int(sys.argv[6]), int(sys.argv[7]))
