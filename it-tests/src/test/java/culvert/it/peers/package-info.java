/**
 * Real programs as peers of the tests: OpenSSH's sshd, vsftpd, curl, Python's ftplib; and a network
 * that misbehaves.
 *
 * <p>Starting points: {@link culvert.it.peers.RealSshd}, {@link culvert.it.peers.RealVsftpd},
 * {@link culvert.it.peers.CurlClient}. A test class that needs them carries {@link
 * culvert.it.peers.RealPeers}.
 */
package culvert.it.peers;
