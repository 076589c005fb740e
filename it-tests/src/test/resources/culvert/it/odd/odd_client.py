"""ftplib, over the sockets of PySocks if there is a PROXY_PORT, step by step.

usage: odd_client.py PROXY_PORT|none HOST PORT USER PASSWORD STEP...

STEP, with escapes as in Python's strings:
  ask COMMAND           sends it and prints the answer, whatever it is
  send COMMAND          sends it and reads nothing
  read                  reads a reply and prints it
  cwd FOLDER            as a job does it
  extended              EPSV instead of PASV
  as announced          data connections go where the server says, not to the control host
  active                PORT instead of PASV
  get NAME FILE         a download
  put NAME FILE         an upload
  break NAME [COMMAND]  begins an upload, may send a command and print its answer, breaks the data
                        connection off and prints what the server says of the upload
  break-raw BYTES       the same, with the bytes of a transfer command
  raw BYTES             sends them and reads nothing
  passive COMMAND       reads the reply to a passive command, comes for the data and asks for them
  twice NAME COMMAND    two downloads with one PORT, the second one behind that command
  listen COMMAND        PORT and a transfer command; what comes to the end is whole
  login USER PASSWORD   another login
  late VERB NAME how    passive mode and a transfer command; ends the control connection (close,
                        reset, half-close or quit) and only then comes for the data
  quit                  in order

A step that fails ends it all with exit code 1.
"""

import ftplib
import socket
import struct
import sys

proxy_port, host, port, user, password, *steps = sys.argv[1:]
if proxy_port != "none":
    import socks

    socks.set_default_proxy(socks.SOCKS5, "127.0.0.1", int(proxy_port))
    socket.socket = socks.socksocket


def unescape(text):
    """Bytes as characters, as ftplib sends them in latin-1."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


def break_off(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def ask(command):
    try:
        print(ftp.sendcmd(command))
    except ftplib.Error as answer:
        print(answer)


def late(verb, name, how):
    data_host, data_port = ftp.makepasv()
    ftp.putcmd((verb + " " + name).strip())
    if how == "quit":
        ftp.putcmd("QUIT")
    elif how == "half-close":
        ftp.sock.shutdown(socket.SHUT_WR)
    elif how == "reset":
        break_off(ftp.sock)
    if how != "half-close":
        ftp.file.close()
        ftp.sock.close()
    data = socket.create_connection((data_host, data_port), 10)
    data.sendall(b"x" * 1000)
    print("connected, read", data.recv(1000))


def break_upload(name, command=""):
    data = ftp.transfercmd("STOR " + name)
    data.sendall(b"half a file " * 1000)
    if command:
        ask(command)
    break_off(data)
    print("told", ftp.getmultiline().splitlines()[-1])


def break_raw(command):
    data = ftp.makepasv()
    ftp.sock.sendall(unescape(command).encode("latin-1"))
    data = socket.create_connection(data, 10)
    answer = ftp.getmultiline()
    if answer[0] != "1":
        print("told", answer)
        return
    data.sendall(b"half a file " * 1000)
    break_off(data)
    print("told", ftp.getmultiline().splitlines()[-1])


def passive(command):
    reply = ftp.getmultiline()
    print(reply)
    if reply.startswith("229"):
        address = ftplib.parse229(reply, ftp.sock.getpeername())
    else:
        address = host, ftplib.parse227(reply)[1]
    data = socket.create_connection(address, 10)
    ftp.sendcmd(command)
    if command.startswith("STOR"):
        data.sendall(b"a file")
        data.close()
    else:
        print(data.recv(1000))
    print(ftp.getmultiline())


def twice(name, command):
    with ftp.makeport() as listener:
        for time in "first", "second":
            if time == "second":
                print(ftp.sendcmd(command))
            ftp.sendcmd("RETR " + name)
            data, _ = listener.accept()
            with data:
                print(time, data.makefile("rb").read().decode("latin-1"))
            print(ftp.voidresp())


def listen(command):
    with ftp.makeport() as listener:
        listener.settimeout(60)
        ftp.putcmd(command)
        print(ftp.getmultiline())
        data, _ = listener.accept()
        with data:
            data.settimeout(60)
            data.recv(1000)
        print("whole", ftp.getmultiline())


def step(name, rest):
    if name == "ask":
        ask(unescape(rest))
    elif name == "send":
        ftp.sock.sendall(unescape(rest).encode("latin-1") + b"\r\n")
    elif name == "raw":
        ftp.sock.sendall(unescape(rest).encode("latin-1"))
    elif name == "read":
        print(ftp.getmultiline())
    elif name == "cwd":
        ftp.cwd(rest)
    elif name == "extended":
        ftp.af = socket.AF_INET6
    elif name == "as":
        ftp.trust_server_pasv_ipv4_address = True
    elif name == "active":
        ftp.set_pasv(False)
    elif name == "get":
        remote, local = rest.split(" ")
        with open(local, "wb") as sink:
            print(ftp.retrbinary("RETR " + unescape(remote), sink.write))
    elif name == "put":
        remote, local = rest.split(" ")
        with open(local, "rb") as source:
            print(ftp.storbinary("STOR " + unescape(remote), source))
    elif name == "break":
        break_upload(*rest.split(" ", 1))
    elif name == "break-raw":
        break_raw(rest)
    elif name == "passive":
        passive(rest)
    elif name == "listen":
        listen(rest)
    elif name == "twice":
        twice(*rest.split(" ", 1))
    elif name == "login":
        print(ftp.login(*map(unescape, rest.split(" "))))
    elif name == "late":
        late(*rest.split(" "))
    elif name == "quit":
        print(ftp.quit())
    else:
        sys.exit("no such step: " + name)


ftp = ftplib.FTP(encoding="latin-1")
try:
    ftp.connect(host, int(port), timeout=10)
    if user:
        ftp.login(user, unescape(password))
    for one in steps:
        step(*(one + " ").split(" ", 1)) if " " not in one else step(*one.split(" ", 1))
except (ftplib.Error, OSError, EOFError) as failure:
    sys.exit("%s: %s" % (type(failure).__name__, failure))
