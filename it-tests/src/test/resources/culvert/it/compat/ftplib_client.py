"""ftplib, over the sockets of PySocks if there is a PROXY_PORT.

usage: ftplib_client.py PROXY_PORT|none HOST PORT USER PASSWORD FOLDER passive|active TASK...

TASK: upload NAME FILE, download NAME FILE, list, or abort LARGE_NAME SMALL_NAME SMALL_FILE
"""

import ftplib
import socket
import sys

proxy_port, host, port, user, password, folder, mode, task, *arguments = sys.argv[1:]
if proxy_port != "none":
    import socks

    socks.set_default_proxy(socks.SOCKS5, "127.0.0.1", int(proxy_port))
    socket.socket = socks.socksocket

ftp = ftplib.FTP()
ftp.connect(host, int(port), timeout=20)
ftp.login(user, password)
ftp.set_pasv(mode == "passive")
ftp.cwd(folder)


def download(name, path):
    with open(path, "wb") as sink:
        print(ftp.retrbinary("RETR " + name, sink.write))


if task == "upload":
    name, path = arguments
    with open(path, "rb") as source:
        print(ftp.storbinary("STOR " + name, source))
elif task == "download":
    download(*arguments)
elif task == "abort":
    large, small, path = arguments
    ftp.voidcmd("TYPE I")
    data = ftp.transfercmd("RETR " + large)
    data.recv(100000)
    print(ftp.abort())
    data.close()
    print(ftp.voidresp())
    download(small, path)
else:
    ftp.retrlines("LIST")
print(ftp.quit())
