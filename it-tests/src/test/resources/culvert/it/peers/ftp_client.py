"""ftplib through SOCKS 4a or 5, as a batch job in Python would do it.

usage: ftp_client.py SOCKS_VERSION PROXY_PORT HOST PORT USER PASSWORD ACTION NAME FILE

ACTION: upload, download, resume (append to FILE what it lacks) or list; with "active-" before it
in active mode
"""

import ftplib
import socket
import struct
import sys

version, proxy_port, host, port, user, password, action, name, path = sys.argv[1:]
plain_connect = socket.create_connection


def receive(sock, n):
    data = b""
    while len(data) < n:
        piece = sock.recv(n - len(data))
        if not piece:
            raise OSError("SOCKS proxy hung up")
        data += piece
    return data


def socks_connect(address, timeout=None, source_address=None, **more):
    name, port = address[0].encode("idna"), address[1]
    sock = plain_connect(("127.0.0.1", int(proxy_port)), timeout=30)
    if version == "5":
        sock.sendall(b"\x05\x01\x00")
        if receive(sock, 2) != b"\x05\x00":
            raise OSError("SOCKS method refused")
        sock.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + struct.pack(">H", port))
        reply = receive(sock, 4)
        if reply[1] != 0:
            raise OSError("SOCKS reply %d" % reply[1])
        receive(sock, {1: 4, 4: 16}[reply[3]] + 2)
    else:
        sock.sendall(b"\x04\x01" + struct.pack(">H", port) + b"\x00\x00\x00\x01\x00" + name + b"\x00")
        reply = receive(sock, 8)
        if reply[1] != 0x5A:
            raise OSError("SOCKS reply %d" % reply[1])
    return sock


socket.create_connection = socks_connect

ftp = ftplib.FTP()
if action.startswith("active-"):
    action = action[len("active-"):]
    ftp.set_pasv(False)
ftp.connect(host, int(port), timeout=30)
ftp.login(user, password)
if action == "upload":
    with open(path, "rb") as source:
        print(ftp.storbinary("STOR " + name, source))
elif action == "download":
    with open(path, "wb") as sink:
        print(ftp.retrbinary("RETR " + name, sink.write))
elif action == "resume":
    with open(path, "ab") as sink:
        print(ftp.retrbinary("RETR " + name, sink.write, rest=sink.tell()))
else:
    print("\n".join(ftp.nlst()))
print(ftp.quit())
