/**
 * Real programs as peers of the tests: OpenSSH's sshd; vsftpd, proftpd, pure-ftpd; FTP clients; and
 * a network that misbehaves.
 *
 * <p>Starting points: {@link culvert.it.peers.RealSshd}, {@link culvert.it.peers.RealFtpServer},
 * {@link culvert.it.peers.CurlClient}. A test class that needs them carries {@link
 * culvert.it.peers.RealPeers}.
 */
package culvert.it.peers;
