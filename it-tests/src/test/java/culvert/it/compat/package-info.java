/**
 * The compatibility table: real FTP clients, unchanged, against real FTP servers behind a real
 * sshd, through Culvert; {@code docs/COMPATIBILITY.md} is written from it.
 *
 * <p>Starting points: {@link culvert.it.compat.CompatibilityIT}, and {@link
 * culvert.it.compat.FtpClientProgram}, of which there is one for each client.
 */
package culvert.it.compat;
