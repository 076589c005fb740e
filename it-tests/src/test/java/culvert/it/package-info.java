/**
 * Whole-program tests: an FTP client, Culvert, an SSH server, an FTP server.
 *
 * <p>Starting points: {@link culvert.it.CurlThroughSshdToVsftpdIT} is the main job; {@link
 * culvert.it.TestConfig} writes a {@code culvert.yaml}, {@link culvert.it.Culvert} runs it.
 */
package culvert.it;
