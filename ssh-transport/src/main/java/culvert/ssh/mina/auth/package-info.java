/**
 * Logging in: own {@code password}, {@code keyboard-interactive} and {@code publickey} methods,
 * with passwords as bytes, signatures off the event loop, and each secret sent once.
 *
 * <p>Starting points, in the order in which a connection needs them:
 *
 * <ol>
 *   <li>{@link culvert.ssh.mina.auth.LoginMethods#install} once per {@code SshClient}, before any
 *       session is made: MINA reads methods and services when it creates a session.
 *   <li>{@link culvert.ssh.mina.auth.LoginFactory#prepare} (blocking: reads key files, asks the
 *       agent) makes the {@link culvert.ssh.mina.auth.Login}. If {@link
 *       culvert.ssh.mina.auth.Login#nothingToTry} is present, fail with it and do not connect.
 *   <li>After the key exchange and the verification of the host key, on the session's loop: {@link
 *       culvert.ssh.mina.auth.Login#attach} (sets the user name), then {@code session.auth()}.
 *   <li>When {@code auth()} fails, {@link culvert.ssh.mina.auth.Login#failure} is the reason, and
 *       {@link culvert.ssh.mina.auth.Login#course} the course of things for the log.
 *   <li>{@link culvert.ssh.mina.auth.Login#wipe} whenever the login is over, in any way.
 * </ol>
 *
 * <p>A {@code Login} serves one session. Everything but {@code prepare} and {@code wipe} belongs to
 * the session's loop; nothing there blocks.
 */
@NullMarked
package culvert.ssh.mina.auth;

import org.jspecify.annotations.NullMarked;
