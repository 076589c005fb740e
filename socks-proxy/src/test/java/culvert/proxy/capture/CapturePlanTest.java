package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CapturePlanTest {
  private static final String RULES =
      """
      rules:
        - { match: { port: [21, 8021-8030, 8030-8040] }, action: ftp-tunnel }
        - { match: { port: 990 }, action: block }
        - { match: { port: 5000 }, action: direct }
      ftp: { ports: [21, 22, 2121] }
      """;
  private static final String BOTH =
      "listeners: [{ redirect: 218 }, { redirect: '[::1]:219' }]\n" + RULES;
  private static final String TO = " tproxy ip to 127.0.0.1:218";
  private static final String KEPT = " meta mark set 0xc1 ct mark set 0xc1 accept";
  private static final String RESET = " reject with tcp reset";
  private static final String ONE = "listeners: [{ redirect: 2180 }]\n";
  private static final String SOME =
      BOTH
          + "capture: { users: [batch, 12], groups: jobs, cgroups: jobs.slice/a.service,"
          + " destinations: [10.0.0.0/8, '2001:db8::/32', mf1.example] }";

  private static CulvertConfig config(String yaml) {
    return new ConfigLoader(
            new Environment(Map.of(), Path.of("/home/joe"), Path.of("/work"), Path.of("/etc")))
        .loadString(yaml, "c.yaml")
        .orThrow();
  }

  private static CapturePlan plan(String yaml, FakeCaptureHost host) {
    CulvertConfig config = config(yaml);
    return CapturePlan.of(config, host.look(config.capture().orElseThrow(), 998).scope());
  }

  private static FakeCaptureHost host() {
    return new FakeCaptureHost().with("batch", 1001).with("jobs", 1002);
  }

  @Test
  void theWholeTableOfSomeUsersGroupsAndCgroupsForSomeDestinations() throws Exception {
    CapturePlan plan =
        plan(
            SOME,
            host()
                .withCgroup("jobs.slice/a.service", 4711)
                .withName("mf1.example", InetAddress.getByName("192.0.2.1")));

    assertThat(plan.text())
        .isEqualTo(
            """
            add table inet culvert
            add set inet culvert data4 { type ipv4_addr . inet_service; flags timeout; }
            add set inet culvert held4 { type ipv4_addr; flags timeout; }
            add set inet culvert destinations4 { type ipv4_addr; flags interval; auto-merge; }
            add set inet culvert forwarded4 { type ipv4_addr; flags interval; auto-merge; }
            add set inet culvert data6 { type ipv6_addr . inet_service; flags timeout; }
            add set inet culvert held6 { type ipv6_addr; flags timeout; }
            add set inet culvert destinations6 { type ipv6_addr; flags interval; auto-merge; }
            add set inet culvert forwarded6 { type ipv6_addr; flags interval; auto-merge; }
            add chain inet culvert output { type nat hook output priority -100; policy accept; }
            add chain inet culvert captured
            add chain inet culvert unserved { type filter hook output priority 0; policy accept; }
            add chain inet culvert rejected
            add chain inet culvert ports { type filter hook output priority 0; policy accept; }
            add chain inet culvert arriving { type filter hook input priority 0; policy accept; }
            add chain inet culvert brought
            add chain inet culvert forwarded { type filter hook prerouting priority -150; policy accept; }
            add chain inet culvert passing { type filter hook forward priority 0; policy accept; }
            add chain inet culvert refused
            flush chain inet culvert output
            flush chain inet culvert captured
            flush chain inet culvert unserved
            flush chain inet culvert rejected
            flush chain inet culvert ports
            flush chain inet culvert arriving
            flush chain inet culvert brought
            flush chain inet culvert forwarded
            flush chain inet culvert passing
            flush chain inet culvert refused
            flush set inet culvert destinations4
            add element inet culvert destinations4 { 10.0.0.0/8, 192.0.2.1 }
            flush set inet culvert forwarded4
            flush set inet culvert destinations6
            add element inet culvert destinations6 { 2001:db8::/32 }
            flush set inet culvert forwarded6
            add rule inet culvert output meta skuid 998 accept comment "culvert plan HASH"
            add rule inet culvert output fib daddr type local accept
            add rule inet culvert output meta skuid { 12, 1001 } goto captured
            add rule inet culvert output meta skgid { 1002 } goto captured
            add rule inet culvert output socket cgroupv2 level 2 "jobs.slice/a.service" goto captured comment "cgroup 4711"
            add rule inet culvert captured ip daddr @destinations4 tcp dport { 21-22, 990, 2121, 8021-8040 } redirect to :218
            add rule inet culvert captured ip daddr . tcp dport @data4 redirect to :218
            add rule inet culvert captured ip daddr @held4 tcp dport 1024-65535 redirect to :218
            add rule inet culvert captured ip6 daddr @destinations6 tcp dport { 21-22, 990, 2121, 8021-8040 } redirect to :219
            add rule inet culvert captured ip6 daddr . tcp dport @data6 redirect to :219
            add rule inet culvert captured ip6 daddr @held6 tcp dport 1024-65535 redirect to :219
            add rule inet culvert ports ct status dnat tcp dport { 218, 219 } tcp flags & (fin | syn | rst | ack) == syn tcp ackseq set @th,0,32
            """
                .replace("HASH", hash(plan)));
  }

  @Test
  void destinationsOfNamesThatAreNotKnownNowStayAsTheyWere() throws Exception {
    CapturePlan plan = plan(SOME, host());

    assertThat(plan.commands())
        .noneMatch(command -> command.startsWith("flush set inet culvert destinations"))
        .contains("add element inet culvert destinations4 { 10.0.0.0/8 }");
  }

  @Test
  void aListingMayHoldFormerAddressesOfNamesButLacksNone() throws Exception {
    CapturePlan plan =
        plan(
            SOME.replace("groups: jobs, cgroups: jobs.slice/a.service, ", ""),
            host().withName("mf1.example", InetAddress.getByName("192.0.2.1")));
    String listing = listing(plan, "192.0.2.1", "2001:db8::/32");

    assertThat(plan.isIn(listing)).isTrue();
    assertThat(
            plan.isIn(listing(plan, "192.0.2.0-192.0.2.7,\n\t\t\t     198.51.100.1", "2001::/16")))
        .isTrue();
    assertThat(plan.isIn(listing(plan, "192.0.2.2", "2001:db8::/32"))).isFalse();
    assertThat(plan.isIn(listing(plan, "192.0.2.1", "2001:db8::/33"))).isFalse();
    assertThat(plan.isIn(listing.replaceAll("elements = .*", ""))).isFalse();
  }

  private static String listing(CapturePlan plan, String mf1, String v6) {
    return """
        table inet culvert {
        \tset destinations4 {
        \t\ttype ipv4_addr
        \t\tflags interval
        \t\tauto-merge
        \t\telements = { 10.0.0.0/8, MF1 }
        \t}

        \tset destinations6 {
        \t\ttype ipv6_addr
        \t\tflags interval
        \t\telements = { V6 }
        \t}

        \tchain output {
        \t\ttype nat hook output priority dstnat; policy accept;
        \t\tmeta skuid 998 accept comment "culvert plan HASH"
        \t\tfib daddr type local accept
        \t\tmeta skuid { 12, 1001 } goto captured
        \t}

        \tchain captured {
        RULES\t}

        \tchain unserved {
        \t\ttype filter hook output priority filter; policy accept;
        \t}

        \tchain rejected {
        \t}

        \tchain ports {
        \t\ttype filter hook output priority filter; policy accept;
        \t\tct status dnat tcp dport { 218, 219 } tcp flags syn / fin,syn,rst,ack tcp ackseq set @th,0,32
        \t}
        OTHERS}
        """
        .replace("HASH", hash(plan))
        .replace("MF1", mf1)
        .replace("V6", v6)
        .replace("RULES", "\t\ta rule\n".repeat(6))
        .replace(
            "OTHERS",
            Stream.of("arriving", "brought", "forwarded", "passing", "refused")
                .map("\tchain %s {\n\t}\n"::formatted)
                .collect(Collectors.joining()));
  }

  @Test
  void aFamilyWithoutAListenerIsRejectedForTheSamePeople() {
    CapturePlan plan =
        plan(ONE + "capture: { everybody: true, local: true, on-crash: open }", host());

    assertThat(plan.commands())
        .contains("add table inet culvert { flags owner; }")
        .endsWith(
            "add rule inet culvert output meta l4proto tcp goto captured",
            "add rule inet culvert captured meta nfproto ipv4 tcp dport { 21 } redirect to :2180",
            "add rule inet culvert captured ip daddr . tcp dport @data4 redirect to :2180",
            "add rule inet culvert captured ip daddr @held4 tcp dport 1024-65535 redirect to :2180",
            "add rule inet culvert rejected meta nfproto ipv6 tcp dport { 21 } reject with tcp reset",
            "add rule inet culvert unserved meta skuid 998 accept",
            "add rule inet culvert unserved ct state new meta l4proto tcp goto rejected",
            "add rule inet culvert ports ct status dnat tcp dport { 2180 } tcp flags & (fin | syn | rst | ack) == syn tcp ackseq set @th,0,32");
  }

  @Test
  void whatOthersHaveForwardedGoesToTransparentListenersAndNowhereElse() {
    CapturePlan plan =
        plan(
            """
            listeners: [{ redirect: 218, transparent: true }]
            capture: { forwarded: [10.1.0.0/16, 10.1.2.0/24], on-crash: open }
            """,
            host());

    assertThat(plan.commands())
        .contains("add element inet culvert forwarded4 { 10.1.0.0/16, 10.1.2.0/24 }");
    assertThat(plan.commands().stream().filter(command -> command.startsWith("add rule ")))
        .containsExactly(
            "add rule inet culvert output meta skuid 998 accept comment \"culvert plan "
                + hash(plan)
                + "\"",
            "add rule inet culvert forwarded iifname \"lo\" accept",
            "add rule inet culvert forwarded meta l4proto tcp socket transparent 1" + KEPT,
            "add rule inet culvert forwarded ct state related ct mark 0xc1" + KEPT,
            "add rule inet culvert forwarded fib daddr type local accept",
            "add rule inet culvert forwarded ip saddr @forwarded4 goto brought",
            "add rule inet culvert forwarded ip6 saddr @forwarded6 goto brought",
            "add rule inet culvert brought meta nfproto ipv4 tcp dport { 21 }" + TO + KEPT,
            "add rule inet culvert brought ip daddr . tcp dport @data4" + TO + KEPT,
            "add rule inet culvert brought ip daddr @held4 tcp dport 1024-65535" + TO + KEPT,
            "add rule inet culvert refused meta nfproto ipv4 tcp dport { 21 }" + RESET,
            "add rule inet culvert refused ip daddr . tcp dport @data4" + RESET,
            "add rule inet culvert refused ip daddr @held4 tcp dport 1024-65535" + RESET,
            "add rule inet culvert refused meta nfproto ipv6 tcp dport { 21 }" + RESET,
            "add rule inet culvert refused ip6 daddr . tcp dport @data6" + RESET,
            "add rule inet culvert refused ip6 daddr @held6 tcp dport 1024-65535" + RESET,
            "add rule inet culvert passing ip saddr @forwarded4 goto refused",
            "add rule inet culvert passing ip6 saddr @forwarded6 goto refused");
  }

  @Test
  void whatOthersSendToThisHostItselfIsCapturedWhereAskedFor() {
    CapturePlan plan =
        plan(
            """
            listeners: [{ redirect: '[::1]:2180', transparent: true }]
            capture: { forwarded: ["fd01::/64"], local: true, on-crash: open }
            """,
            host());

    assertThat(plan.commands())
        .doesNotContain("add rule inet culvert forwarded fib daddr type local accept")
        .contains(
            "add rule inet culvert brought ip6 daddr . tcp dport @data6 tproxy ip6 to [::1]:2180"
                + KEPT)
        .endsWith(
            "add rule inet culvert passing ip6 saddr @forwarded6 goto refused",
            "add rule inet culvert arriving iifname \"lo\" accept",
            "add rule inet culvert arriving meta mark 0xc1 accept",
            "add rule inet culvert arriving ip saddr @forwarded4 ct state new goto refused",
            "add rule inet culvert arriving ip6 saddr @forwarded6 ct state new goto refused");
  }

  @Test
  void whatIsMadeAnewUnderTheSameNameIsAnotherPlan() {
    String yaml = ONE + "capture: { cgroups: jobs.slice, on-crash: open }";

    String before = hash(plan(yaml, host().withCgroup("jobs.slice", 1)));

    assertThat(hash(plan(yaml, host().withCgroup("jobs.slice", 1)))).isEqualTo(before);
    assertThat(hash(plan(yaml, host().withCgroup("jobs.slice", 2)))).isNotEqualTo(before);
    assertThat(hash(plan(yaml, host()))).isNotEqualTo(before);
  }

  @Test
  void culvertsOwnUserIsNotCaptured() {
    assertThatThrownBy(
            () -> plan(ONE + "capture: { users: [batch, culvert], on-crash: open }", host()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user 998 is to be captured, and is the one that Culvert runs as");
  }

  @Test
  void aListingIsOfThePlanIfItHasItsMarkAndItsRules() {
    CapturePlan plan = plan(ONE + "capture: { users: batch, on-crash: open }", host());
    String listing =
        """
        table inet culvert { # progname nft
        \tset data4 {
        \t\ttype ipv4_addr . inet_service
        \t\telements = { 10.0.0.1 . 40000 }
        \t}

        \tchain output {
        \t\ttype nat hook output priority dstnat; policy accept;
        \t\tmeta skuid 998 accept comment "culvert plan HASH"
        \t\tfib daddr type local accept
        \t\tmeta skuid 1001 goto captured
        \t}

        \tchain captured {
        \t\tmeta nfproto ipv4 tcp dport 21 redirect to :2180
        \t\tip daddr . tcp dport @data4 redirect to :2180
        \t\tip daddr @held4 tcp dport 1024-65535 redirect to :2180
        \t}

        \tchain unserved {
        \t\ttype filter hook output priority filter; policy accept;
        \t\tmeta skuid 998 accept
        \t\tfib daddr type local accept
        \t\tct state new meta skuid 1001 goto rejected
        \t}

        \tchain rejected {
        \t\tmeta nfproto ipv6 tcp dport 21 reject with tcp reset
        \t}

        \tchain ports {
        \t\ttype filter hook output priority filter; policy accept;
        \t\tct status dnat tcp dport 2180 tcp flags syn / fin,syn,rst,ack tcp ackseq set @th,0,32
        \t}

        \tchain arriving {
        \t\ttype filter hook input priority filter; policy accept;
        \t}

        \tchain brought {
        \t}

        \tchain forwarded {
        \t\ttype filter hook prerouting priority mangle; policy accept;
        \t}

        \tchain passing {
        \t\ttype filter hook forward priority filter; policy accept;
        \t}

        \tchain refused {
        \t}
        }
        """
            .replace("HASH", hash(plan));

    assertThat(plan.isIn(listing)).isTrue();
    assertThat(plan.isIn(listing.replace("\t\tmeta skuid 1001 goto captured\n", ""))).isFalse();
    assertThat(plan.isIn(listing.replace(hash(plan), "0123456789abcdef"))).isFalse();
    assertThat(plan.isIn(listing.replace("\tchain rejected {", "\tchain other {"))).isFalse();
  }

  private static String hash(CapturePlan plan) {
    return plan.text().replaceAll("(?s).*?culvert plan ([0-9a-f]{16})\".*", "$1");
  }
}
