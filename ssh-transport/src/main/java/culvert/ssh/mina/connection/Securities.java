package culvert.ssh.mina.connection;

import culvert.ssh.SshSecurity;
import culvert.ssh.mina.auth.LoginMethods;
import culvert.ssh.mina.hostkey.HostKey;
import java.security.PublicKey;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.KexProposalOption;

/** Reads off a logged-in session how it is protected. */
final class Securities {
  private Securities() {}

  static SshSecurity of(ClientSession session) {
    String up = negotiated(session, KexProposalOption.C2SENC);
    String down = negotiated(session, KexProposalOption.S2CENC);
    return new SshSecurity(
        LoginMethods.accepted(session),
        hostKey(session.getServerKey()),
        negotiated(session, KexProposalOption.ALGORITHMS),
        up.equals(down) ? up : up + "," + down);
  }

  private static String negotiated(ClientSession session, KexProposalOption option) {
    return String.valueOf(session.getNegotiatedKexParameter(option));
  }

  private static String hostKey(PublicKey shown) {
    HostKey key =
        HostKey.of(shown instanceof OpenSshCertificate cert ? cert.getCertPubKey() : shown);
    return key.type() + " " + key.fingerprint();
  }
}
