package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.ftp.passive.DataClaims.Claim;
import culvert.proxy.upstream.HeldPorts;
import java.util.Optional;

/**
 * What becomes of a client.
 *
 * @param taker who takes it if it is taken
 */
record Verdict(Claim claim, Optional<DataTaker> taker) {
  static Verdict taken(DataTaker taker) {
    return new Verdict(Claim.TAKEN, Optional.of(taker));
  }

  static Verdict of(HeldPorts.Hold hold) {
    return of(
        switch (hold) {
          case FREE -> Claim.NOT_EXPECTED;
          case NEEDS_OWNER -> Claim.NEEDS_OWNER;
          case HELD -> Claim.HELD;
        });
  }

  static Verdict of(Claim claim) {
    return new Verdict(claim, Optional.empty());
  }
}
