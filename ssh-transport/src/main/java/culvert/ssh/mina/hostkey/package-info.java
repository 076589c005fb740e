/**
 * Host keys as OpenSSH knows them: known_hosts files, the verdict on a server's key, and appending
 * under {@code accept-new}.
 *
 * <p>Starting points, in the order in which a connection needs them:
 *
 * <ol>
 *   <li>{@link culvert.ssh.mina.hostkey.HostKeyStore#lookup} (blocking) picks out of the profile's
 *       files what concerns one server: a {@link culvert.ssh.mina.hostkey.KnownHost}.
 *   <li>{@link culvert.ssh.mina.hostkey.HostKeyVerifier#signatureFactories} goes into {@code
 *       session.setSignatureFactories}, before the key exchange starts.
 *   <li>{@link culvert.ssh.mina.hostkey.HostKeyVerifier} goes into {@code
 *       session.setServerKeyVerifier}; it is pure and runs on the session's loop. When the key
 *       exchange failed, {@link culvert.ssh.mina.hostkey.HostKeyVerifier#rejection} says whether
 *       the host key was the reason.
 *   <li>{@link culvert.ssh.mina.hostkey.HostKeyVerifier#toRemember} is what {@link
 *       culvert.ssh.mina.hostkey.HostKeyStore#accept} (blocking) must accept before the login, and
 *       {@link culvert.ssh.mina.hostkey.HostKeyStore#remember} must write after it; the {@link
 *       culvert.ssh.mina.hostkey.Acceptance} ends with the connection.
 * </ol>
 *
 * <p>A certificate is judged by {@link culvert.ssh.mina.hostkey.HostCertificate}, since MINA's own
 * check compares its principals with the dialled address.
 *
 * <p>{@link culvert.ssh.mina.hostkey.MinaHostKeys} stands behind {@code culvert trust}.
 */
@NullMarked
package culvert.ssh.mina.hostkey;

import org.jspecify.annotations.NullMarked;
