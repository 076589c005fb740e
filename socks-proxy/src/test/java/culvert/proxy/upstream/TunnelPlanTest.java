package culvert.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuthMethod;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.ssh.Originator;
import culvert.ssh.Password;
import culvert.ssh.SshSessionSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelPlanTest {
  private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();
  private static final Optional<String> SOCKS_USER = Optional.of("batch");

  private static TunnelPlan plan(SshUser user, AuthMethod method, Optional<Endpoint> target) {
    ConnectionRequest request =
        new ConnectionRequest(
            "ftp.example", new DestinationAddress.NotResolved(), 2121, CLIENT, "socks");
    return TunnelPlan.of(
        "jobs",
        request,
        new Route.FtpTunnel("test", target, Fallback.NONE, FtpHandling.STANDARD),
        TestProfiles.profile(user, method));
  }

  private static Optional<SshSessionSpec> login(TunnelPlan plan, byte[] user) {
    return plan.session(user, Optional.of(new Password(new byte[] {1})), SOCKS_USER, CLIENT);
  }

  @Test
  void theDepthIsWhatTheProfileTakesFromFtp() {
    SshUser fixed = new SshUser.Fixed("gate");
    SshUser fromFtp = new SshUser.FromFtp();

    assertThat(LoginDepth.of(plan(fixed, AuthMethod.PUBLICKEY, Optional.empty()).profile()))
        .isEmpty();
    assertThat(LoginDepth.of(plan(fromFtp, AuthMethod.PUBLICKEY, Optional.empty()).profile()))
        .contains(LoginDepth.USER);
    assertThat(LoginDepth.of(plan(fixed, AuthMethod.PASSWORD, Optional.empty()).profile()))
        .contains(LoginDepth.USER_AND_PASSWORD);
    assertThat(
            LoginDepth.of(
                plan(fromFtp, AuthMethod.KEYBOARD_INTERACTIVE, Optional.empty()).profile()))
        .contains(LoginDepth.USER_AND_PASSWORD);
  }

  @Test
  void theTargetIsTheRulesElseWhatTheClientAskedFor() {
    SshUser user = new SshUser.FromFtp();

    assertThat(plan(user, AuthMethod.PASSWORD, Optional.empty()).target())
        .hasToString("ftp.example:2121");
    assertThat(plan(user, AuthMethod.PASSWORD, Optional.of(new Endpoint("localhost", 21))).target())
        .hasToString("localhost:21");
  }

  @Test
  void anAddressThatTheRulesDecidedByIsTheOneThatIsTaken() throws Exception {
    InetAddress decided = InetAddress.getByName("192.0.2.7");
    ConnectionRequest request =
        new ConnectionRequest(
            "ftp.example", new DestinationAddress.Known(decided), 2121, CLIENT, "socks");
    SshProfile gateway = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PASSWORD);
    Route.FtpTunnel route =
        new Route.FtpTunnel("test", Optional.empty(), Fallback.NONE, FtpHandling.STANDARD);

    TunnelPlan byGateway = TunnelPlan.of("jobs", request, route, gateway);
    assertThat(byGateway.target()).hasToString("192.0.2.7:2121");
    assertThat(byGateway.server().address()).isEmpty();
    TunnelPlan toTheHost = TunnelPlan.of("jobs", request, route, TestProfiles.withoutHost(gateway));
    assertThat(toTheHost.server().host()).isEqualTo("ftp.example");
    assertThat(toTheHost.server().address()).contains(decided);
  }

  @Test
  void anIpv6TargetIsToldInItsShortForm() throws Exception {
    InetAddress address = InetAddress.getByName("2001:db8:0:0:0:0:0:1");
    ConnectionRequest request =
        new ConnectionRequest(
            "ftp.example", new DestinationAddress.Known(address), 21, CLIENT, "socks");

    TunnelPlan plan =
        TunnelPlan.of(
            "jobs",
            request,
            new Route.FtpTunnel("test", Optional.empty(), Fallback.NONE, FtpHandling.STANDARD),
            TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PASSWORD));

    assertThat(plan.target().host()).isEqualTo("2001:db8::1");
    assertThat(Originator.of(new InetSocketAddress(address, 1)).address()).isEqualTo("2001:db8::1");
  }

  @Test
  void aUserNameIsReadAsUtf8ElseInTheProfilesCharset() {
    TunnelPlan plan = plan(new SshUser.FromFtp(), AuthMethod.PASSWORD, Optional.empty());

    assertThat(login(plan, "j\u00fcrgen".getBytes(UTF_8)).orElseThrow().user())
        .isEqualTo("j\u00fcrgen");
    assertThat(login(plan, "j\u00fcrgen".getBytes(ISO_8859_1)).orElseThrow().user())
        .isEqualTo("j\u00fcrgen");
  }

  @Test
  void theSocksUserIsTakenWhereTheProfileSaysSo() {
    TunnelPlan plan = plan(new SshUser.FromSocks(), AuthMethod.PUBLICKEY, Optional.empty());

    assertThat(plan.session(SOCKS_USER, CLIENT).orElseThrow().user()).isEqualTo("batch");
    assertThat(plan.session(Optional.empty(), CLIENT)).isEmpty();
  }

  @ParameterizedTest(name = "<{0}>")
  @ValueSource(strings = {"anonymous", "Anonymous", "FTP", "ftp", "aNoNyMoUs"})
  void anEMailAddressIsNeverTriedAsTheFixedUsersPassword(String anonymous) {
    TunnelPlan plan = plan(new SshUser.Fixed("gate"), AuthMethod.PASSWORD, Optional.empty());

    assertThat(login(plan, anonymous.getBytes(UTF_8))).isEmpty();
    assertThat(login(plan, "bob".getBytes(UTF_8)).orElseThrow().user()).isEqualTo("gate");
  }

  @Test
  void aPasswordThatTheLoginDoesNotNeedStaysHere() {
    TunnelPlan plan = plan(new SshUser.FromFtp(), AuthMethod.PUBLICKEY, Optional.empty());

    assertThat(login(plan, "bob".getBytes(UTF_8)).orElseThrow().password()).isEmpty();
  }
}
