package culvert.proxy.capture;

import culvert.proxy.ftp.passive.CapturedData.Way;
import culvert.proxy.upstream.KeptAnswers.Between;
import java.net.InetSocketAddress;

/**
 * What a set holds of a connection, in nft's words.
 *
 * @param set its name in whichever table
 */
record SetElement(String set, String text) {

  /** A data connection that is to be captured. */
  static SetElement of(Way way) {
    String family = IpFamily.of(way.server()).digit;
    String server = IpFamily.text(way.server());
    return way.port().isPresent()
        ? new SetElement("data" + family, server + " . " + way.port().getAsInt())
        : new SetElement("held" + family, server);
  }

  /** A connection that Culvert makes by another host's address. */
  static SetElement of(Between connection) {
    String family = IpFamily.of(connection.source().getAddress()).digit;
    return new SetElement(
        "borrowed" + family, end(connection.source()) + " . " + end(connection.destination()));
  }

  private static String end(InetSocketAddress address) {
    return IpFamily.text(address.getAddress()) + " . " + address.getPort();
  }
}
