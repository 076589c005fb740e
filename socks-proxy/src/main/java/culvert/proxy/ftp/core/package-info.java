/**
 * The FTP protocol (RFC 959, RFC 2428, RFC 7151) as pure functions and state machines: bytes and
 * lines in, effects out. No I/O, no clock, no Netty.
 *
 * <p>Starting points: {@link culvert.proxy.ftp.core.LoginCapture} until the server has answered the
 * login, {@link culvert.proxy.ftp.core.ControlDialogue} from then on. Every object here belongs to
 * one control connection and is used by one thread at a time.
 */
@NullMarked
package culvert.proxy.ftp.core;

import org.jspecify.annotations.NullMarked;
