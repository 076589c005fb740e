/**
 * Embedded servers for the demo and the tests, in this process and on free ports of 127.0.0.1.
 *
 * <p>Starting points: {@link culvert.testing.EmbeddedSshServer}, {@link
 * culvert.testing.EmbeddedFtpServer}. Their methods may be called from any thread and block; never
 * call them on an event loop.
 */
@NullMarked
package culvert.testing;

import org.jspecify.annotations.NullMarked;
