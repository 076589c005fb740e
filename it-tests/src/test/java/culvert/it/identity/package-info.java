/**
 * What Culvert logs in to OpenSSH's sshd with: keys in files and agents, certificates, questions.
 *
 * <p>Starting point: {@link culvert.it.identity.Logins} logs in by a profile, without FTP.
 */
package culvert.it.identity;
