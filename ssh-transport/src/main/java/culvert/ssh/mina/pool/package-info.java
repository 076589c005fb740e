/**
 * Who shares which SSH connection: logged-in ones by identity, and spare ones that wait for a
 * login.
 *
 * <p>Starting points: {@link culvert.ssh.mina.pool.SessionPool}, where a session is asked for, and
 * {@link culvert.ssh.mina.pool.SshLease}, one user's hold on it. Thread-safe: what is shared is
 * guarded by the pool's lock, under which nobody is told anything; a login runs on one event loop.
 */
@NullMarked
package culvert.ssh.mina.pool;

import org.jspecify.annotations.NullMarked;
