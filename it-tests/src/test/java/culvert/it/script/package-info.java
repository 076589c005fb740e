/**
 * An FTP server and an FTP client that do what the test says, step by step, with Culvert and an SSH
 * server between them. The test plays both: it waits where it reads, so there are no sleeps, and a
 * server is slow for as long as the test does other things.
 *
 * <p>Starting points: {@link culvert.it.script.Stage} puts everything up, {@link
 * culvert.it.script.FakeServer} and {@link culvert.it.script.FakeClient} are the two to play.
 */
@NullMarked
package culvert.it.script;

import org.jspecify.annotations.NullMarked;
