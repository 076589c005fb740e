/**
 * Which destinations were once tunnelled, on disk: for those an SSH server that cannot be reached
 * is no reason for plaintext.
 *
 * <p>Starting points: {@link culvert.proxy.pin.FilePins}, which connections ask, and {@link
 * culvert.proxy.pin.PinFile}. Whatever touches the file blocks, and runs on the blocking pool or in
 * a command of its own.
 */
@NullMarked
package culvert.proxy.pin;

import org.jspecify.annotations.NullMarked;
