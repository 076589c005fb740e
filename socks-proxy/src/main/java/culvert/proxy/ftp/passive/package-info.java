/**
 * Where a client comes for the data of passive mode, and the net under that.
 *
 * <p>Starting points: {@link culvert.proxy.ftp.passive.DataClaims} is the table that is asked
 * before the rules, {@link culvert.proxy.ftp.passive.PassivePorts} what one session announces.
 *
 * <p>The table is shared by all event loops, and its claims are atomic; what belongs to one session
 * is confined to that session's loop.
 */
@NullMarked
package culvert.proxy.ftp.passive;

import org.jspecify.annotations.NullMarked;
