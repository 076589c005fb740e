/**
 * Host keys: Culvert and OpenSSH's own client before the same server, with the same known_hosts.
 *
 * <p>Starting points: {@link culvert.it.hostkey.SshAgreementIT} and {@link
 * culvert.it.hostkey.Verdicts}, which asks both.
 */
package culvert.it.hostkey;
