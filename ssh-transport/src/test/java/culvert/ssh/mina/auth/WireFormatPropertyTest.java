package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Agents' answers, public keys and certificates that nobody vouches for. */
class WireFormatPropertyTest {

  /** Whatever it is, it is a value or an {@link IOException}, and no bigger than its input. */
  static void assertReadOrRefused(byte[] octets) {
    try {
      List<AgentMessages.Listed> listed = AgentMessages.identities(octets);
      assertThat(listed.stream().mapToInt(key -> key.key().octets().length).sum())
          .isLessThanOrEqualTo(octets.length);
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
    try {
      assertThat(AgentMessages.signature(octets).length).isLessThan(octets.length);
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
    try {
      KeyBlob key = new KeyBlob(octets);
      assertThat(key.octets()).isEqualTo(octets);
      assertThat(Certificate.of(key).key().octets().length).isLessThan(octets.length);
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @Property(tries = 2000)
  void anyOctetsAreReadOrRefused(@ForAll @Size(max = 200) byte[] octets) {
    assertReadOrRefused(octets);
  }

  @Property(tries = 500)
  void aDamagedListIsReadOrRefused(@ForAll @IntRange(max = 399) int position, @ForAll byte damage)
      throws Exception {
    byte[] listing =
        FakeAgent.listing(TestCertificates.user("ed25519").octets(), new byte[] {0, 0, 0, 1, 'x'});
    listing[position % listing.length] = damage;
    assertReadOrRefused(listing);
  }

  @Property(tries = 500)
  void aDamagedCertificateIsReadOrRefused(
      @ForAll @IntRange(max = 1000) int position, @ForAll byte damage) throws Exception {
    byte[] certificate = TestCertificates.user("rsa").octets();
    certificate[position % certificate.length] = damage;
    assertReadOrRefused(certificate);
  }

  @Property(tries = 300)
  void aTruncatedCertificateIsRefused(@ForAll @IntRange(min = 1, max = 400) int cut)
      throws Exception {
    byte[] whole = TestCertificates.user("ed25519").octets();
    byte[] certificate = java.util.Arrays.copyOf(whole, Math.max(0, whole.length - cut));
    try {
      Certificate.of(new KeyBlob(certificate));
      throw new AssertionError("read " + certificate.length + " of " + whole.length + " octets");
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("is ");
    }
  }
}
