/**
 * FTP servers that answer in odd ways, and real clients that talk to them through a running Culvert
 * and OpenSSH's sshd. Whatever is said, nothing may reach the FTP server but out of the tunnel, and
 * no client may take a broken file for a whole one.
 *
 * <p>Starting points: {@link culvert.it.odd.Oddity} is one thing that a server does in its own way,
 * {@link culvert.it.odd.Rig} puts everything up and says what must not have happened.
 */
@NullMarked
package culvert.it.odd;

import org.jspecify.annotations.NullMarked;
