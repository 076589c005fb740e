/**
 * What an SSH session offers for its key exchanges and accepts of them.
 *
 * <p>Starting points: {@link culvert.ssh.mina.kex.SessionSettings}, which sets a session up, and
 * {@link culvert.ssh.mina.kex.CarefulSession}. Sessions are confined to their event loops; keys are
 * made ahead on the blocking pool.
 */
@NullMarked
package culvert.ssh.mina.kex;

import org.jspecify.annotations.NullMarked;
