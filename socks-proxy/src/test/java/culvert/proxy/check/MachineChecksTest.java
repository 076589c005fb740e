package culvert.proxy.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineChecksTest {
  private static final String KEYS =
      """
      profiles:
        defaults: { known-hosts: [/known, ~/.ssh/known_hosts] }
        gate:
          host: g.example
          identity-file: [/good, /bad]
          certificate-file: /cert
        spare: { identity-file: /bad }
      rules:
        - { match: { port: 21 }, action: ftp-tunnel, profile: gate }
      """;

  private static final String OWNERS =
      """
      rules:
        - name: jobs
          match: { application: [curl, lftp], os-user: batch, port: 21 }
          action: ftp-tunnel
        - name: other-port
          match: { port: 2121 }
          action: direct
        - name: other-programs
          match: { application: ncftp }
          action: direct
        - name: rest
          match: { port: 21 }
          action: ftp-tunnel
          fallback: plain
      default-action: block
      """;

  private final FakeMachine machine = new FakeMachine();

  @Test
  void aMachineThatHasAllIsNoReasonToWarn() {
    assertThat(check(KEYS)).isEmpty();
    assertThat(check(OWNERS)).isEmpty();
  }

  @Test
  void filesOfALoginThatAreOfNoUseAreToldWhereTheyStand() {
    machine.withProblem("/bad", " does not exist").withProblem("/cert", ": is no certificate");

    assertThat(check(KEYS))
        .containsExactly(
            "c.yaml:5:28: warning: identity-file: /bad does not exist",
            "c.yaml:6:23: warning: certificate-file: /cert: is no certificate");
  }

  @Test
  void whoCannotTellWhereConnectionsWereMeantToGoIsTold() {
    String captured = "listeners: [{ socks: 1080 }, { redirect: 2180 }]";
    assertThat(check(captured)).isEmpty();

    machine.withoutOriginalDestinations();
    assertThat(check(captured))
        .containsExactly(
            "c.yaml:1:42: warning: redirect: where captured connections were meant to go cannot be"
                + " found out here (expected: Linux on x86-64 or aarch64, and no"
                + " CULVERT_TRANSPORT=nio), so that Culvert does not start");
    assertThat(check("listeners: [{ socks: 1080 }]")).isEmpty();
  }

  @Test
  void whatIsInheritedIsToldOnceWhereItStands() {
    machine.withProblem("/bad", " does not exist");

    assertThat(
            check(
                """
                profiles:
                  defaults: { identity-file: /bad }
                  a: {}
                rules:
                  - { match: { port: 21 }, action: ftp-tunnel, profile: a }
                  - { match: { port: 22 }, action: ftp-tunnel }
                """))
        .containsExactly("c.yaml:2:30: warning: identity-file: /bad does not exist");
  }

  @Test
  void knownHostsMustExistWhereNothingNewIsAccepted() {
    String strict = KEYS.replace("defaults: {", "defaults: { strict-host-key-checking: yes,");
    machine.without("/known");
    assertThat(check(strict)).isEmpty();

    machine.without("/home/joe/.ssh/known_hosts");
    assertThat(check(KEYS)).isEmpty();
    assertThat(check(strict))
        .containsExactly(
            "c.yaml:2:59: warning: known-hosts: no such file (/known, /home/joe/.ssh/known_hosts),"
                + " and strict-host-key-checking is yes: no SSH server is known (expected: culvert"
                + " trust HOST)");
  }

  @Test
  void knownHostsThatCannotBeReadAreTold() {
    machine.withProblem("/known", " cannot be read: permission denied");

    assertThat(check(KEYS))
        .containsExactly(
            "c.yaml:2:29: warning: known-hosts: /known cannot be read: permission denied: no tunnel"
                + " is made");
  }

  @Test
  void aUserThatNobodyKnowsIsToldWithTheRuleThatFollows() {
    machine.withoutUser("batch").withoutUser("1000").withoutUser("no-*");

    assertThat(check(OWNERS.replace("os-user: batch", "os-user: ['1000', 'no-*', batch]")))
        .containsExactly(
            "c.yaml:3:67: warning: os-user: nobody here is called batch, so that rule jobs matches"
                + " nobody by that name; they go on to rule other-programs (direct: in plaintext)");
  }

  @Test
  void programsThatCannotBeSeenMatchNoRuleAndTheNextOneIsNamed() {
    machine.withoutOthersPrograms();

    assertThat(check(OWNERS))
        .containsExactly(
            "c.yaml:3:27: warning: application: the programs of other users than culvert cannot be"
                + " seen without CAP_SYS_PTRACE (root has it mostly), so that their jobs do not match"
                + " rule jobs; they go on to rule rest (fallback: plain)",
            "c.yaml:9:27: warning: application: the programs of other users than culvert cannot be"
                + " seen without CAP_SYS_PTRACE (root has it mostly), so that their jobs do not match"
                + " rule other-programs; they go on to rule rest (fallback: plain)");
    assertThat(check(OWNERS.replace("application: ncftp", "port: 1").replace("batch", "culvert")))
        .isEmpty();
  }

  @Test
  void whereTheNextWayIsNoPlaintextNothingIsSaidOfIt() {
    machine.withoutOthersPrograms();

    assertThat(check("rules: [{ name: a, match: { application: b }, action: block }]"))
        .singleElement()
        .asString()
        .endsWith("match rule a; they go on to default-action (direct: in plaintext)");
    assertThat(
            check(
                "default-action: block\nrules: [{ name: a, match: { application: b }, action: direct"
                    + " }]"))
        .singleElement()
        .asString()
        .endsWith("match rule a");
  }

  @Test
  void withoutProcNobodyCanBeFoundOut() {
    machine.withoutOwners();

    assertThat(check("rules: [{ name: a, match: { os-user: b }, action: block }]"))
        .containsExactly(
            "c.yaml:1:38: warning: os-user: who runs a client cannot be found out here (expected:"
                + " Linux with /proc), so that rule a matches nobody; they go on to default-action"
                + " (direct: in plaintext)");
  }

  private List<String> check(String text) {
    return Checked.text(MachineChecks.of(Checked.load(text), machine));
  }
}
