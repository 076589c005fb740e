/**
 * OpenSSH's client configuration, ssh_config(5), as OpenSSH 9.2 reads it.
 *
 * <p>Starting points: {@link culvert.config.ssh.OpenSshConfig} is a set of files as read, {@link
 * culvert.config.ssh.OpenSshHost} what they say of one host. Files are read once, and nothing that
 * they name is ever executed. What is read is immutable and may be used from any thread. Nothing
 * here knows {@code culvert.yaml}.
 */
@NullMarked
package culvert.config.ssh;

import org.jspecify.annotations.NullMarked;
