package culvert.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The borders of DESIGN section 2, as far as Maven's scopes do not draw them. */
class BordersTest {
  private static final List<String> MODULES =
      List.of("config", "filter-engine", "ssh-transport", "socks-proxy", "it-tests");

  private static final JavaClasses CULVERT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("culvert");

  @Test
  void noPackagesDependOnEachOtherInACircle() {
    slices().matching("culvert.(**)").should().beFreeOfCycles().check(CULVERT);
  }

  @Test
  void configKnowsNoNetwork() {
    noClasses()
        .that()
        .resideInAPackage("culvert.config..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty..",
            "org.apache.sshd..",
            "culvert.filter..",
            "culvert.ssh..",
            "culvert.proxy..",
            "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\..*Socket.*")
        .check(CULVERT);
  }

  /** The records know neither the text that they come from nor who reads it. */
  @Test
  void theConfigurationKnowsNothingOfItsReading() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("reading")
        .definedBy("culvert.config.read")
        .layer("text")
        .definedBy("culvert.config.yaml")
        .layer("records")
        .definedBy("culvert.config")
        .layer("ssh_config")
        .definedBy("culvert.config.ssh")
        .layer("files")
        .definedBy("culvert.config.file")
        .whereLayer("reading")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("text")
        .mayOnlyBeAccessedByLayers("reading")
        .whereLayer("records")
        .mayOnlyBeAccessedByLayers("reading", "text")
        .whereLayer("ssh_config")
        .mayOnlyBeAccessedByLayers("reading", "records")
        .whereLayer("files")
        .mayOnlyBeAccessedByLayers("reading", "ssh_config")
        .check(CULVERT);
  }

  @Test
  void yamlIsKnownToTheConfigurationOnly() {
    noClasses()
        .that()
        .resideInAPackage("culvert..")
        .and()
        .resideOutsideOfPackage("culvert.config.yaml..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.yaml..")
        .check(CULVERT);
    noClasses()
        .that()
        .resideInAPackage("culvert..")
        .and()
        .resideOutsideOfPackage("culvert.config..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("culvert.config.yaml..")
        .check(CULVERT);
  }

  @Test
  void theFilterEngineIsAPureFunction() {
    noClasses()
        .that()
        .resideInAPackage("culvert.filter..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty..",
            "org.apache.sshd..",
            "culvert.ssh..",
            "culvert.proxy..",
            "java.io..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.time..")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.net.InetAddress.class, "getByName", String.class)
        .orShould()
        .callMethod(java.net.InetAddress.class, "getAllByName", String.class)
        .check(CULVERT);
  }

  @Test
  void theSshTransportKnowsNoFtpRulesOrSocks() {
    noClasses()
        .that()
        .resideInAPackage("culvert.ssh..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "culvert.filter..", "culvert.proxy..", "io.netty.handler.codec.socksx..")
        .check(CULVERT);
  }

  @Test
  void apacheMinaIsKnownToItsPackageOnly() {
    noClasses()
        .that()
        .resideInAPackage("culvert..")
        .and()
        .resideOutsideOfPackages("culvert.ssh.mina..", "culvert.testing..", "culvert.demo..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.sshd..")
        .check(CULVERT);
  }

  @Test
  void metricsAndPicocliAreKnownToTheirPackagesOnly() {
    noClasses()
        .that()
        .resideInAPackage("culvert..")
        .and()
        .resideOutsideOfPackage("culvert.proxy.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.prometheus..")
        .check(CULVERT);
    noClasses()
        .that()
        .resideInAPackage("culvert..")
        .and()
        .resideOutsideOfPackage("culvert.proxy.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CULVERT);
  }

  @Test
  void nothingUsesJavaLoggingOrStandardOutputButTheCommandLineAndTheDemo() {
    noClasses()
        .that()
        .resideInAPackage("culvert..")
        .and()
        .resideOutsideOfPackages("culvert.proxy.cli..", "culvert.demo..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .check(CULVERT);
  }

  @Test
  void theFtpCoreKnowsNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAPackage("culvert.proxy.ftp.core..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("culvert.proxy..")
                .and(not(resideInAPackage("culvert.proxy.ftp.core..")))
                .or(
                    resideInAnyPackage(
                        "io.netty..", "java.nio.channels..", "java.util.concurrent..")))
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\..*Socket")
        .check(CULVERT);
  }

  /** Sessions know their data connections, never the other way round; nor do the modes meet. */
  @Test
  void dataConnectionsKnowNoSession() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("sessions")
        .definedBy("culvert.proxy.ftp")
        .layer("passive")
        .definedBy("culvert.proxy.ftp.passive")
        .layer("active")
        .definedBy("culvert.proxy.ftp.active")
        .layer("data")
        .definedBy("culvert.proxy.ftp.data")
        .layer("core")
        .definedBy("culvert.proxy.ftp.core")
        .whereLayer("sessions")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("passive")
        .mayOnlyBeAccessedByLayers("sessions")
        .whereLayer("active")
        .mayOnlyBeAccessedByLayers("sessions")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers("sessions", "passive", "active")
        .check(CULVERT);
  }

  /** Who shares a connection is above it, and what runs in it below; no arrow goes up. */
  @Test
  void noRoomOfTheSshTransportKnowsOneAboveIt() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("transport")
        .definedBy("culvert.ssh.mina")
        .layer("pool")
        .definedBy("culvert.ssh.mina.pool")
        .layer("connection")
        .definedBy("culvert.ssh.mina.connection")
        .layer("protocol")
        .definedBy(
            "culvert.ssh.mina.auth",
            "culvert.ssh.mina.channel",
            "culvert.ssh.mina.hostkey",
            "culvert.ssh.mina.io",
            "culvert.ssh.mina.kex")
        .whereLayer("transport")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("pool")
        .mayOnlyBeAccessedByLayers("transport")
        .whereLayer("connection")
        .mayOnlyBeAccessedByLayers("transport", "pool")
        .check(CULVERT);
  }

  /** The rooms of the proxy, from the door of the house to its cellar. */
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("culvert.proxy.cli"),
          List.of("culvert.proxy"),
          List.of("culvert.proxy.handover"),
          List.of(
              "culvert.proxy.admin",
              "culvert.proxy.socks",
              "culvert.proxy.tunnel",
              "culvert.proxy.redirect"),
          List.of(
              "culvert.proxy.route",
              "culvert.proxy.pin",
              "culvert.proxy.audit",
              "culvert.proxy.metrics",
              "culvert.proxy.check",
              "culvert.proxy.capture"),
          List.of("culvert.proxy.ftp"),
          List.of("culvert.proxy.ftp.passive", "culvert.proxy.ftp.active"),
          List.of("culvert.proxy.ftp.data"),
          List.of("culvert.proxy.upstream", "culvert.proxy.ftp.core"),
          List.of("culvert.proxy.owner"),
          List.of("culvert.proxy.door"),
          List.of("culvert.proxy.relay"),
          List.of("culvert.proxy.event", "culvert.proxy.state", "culvert.proxy.service"));

  @Test
  void nothingInTheProxyKnowsWhatIsAboveItOrBesideIt() {
    List<String> above = new ArrayList<>();
    for (List<String> floor : FLOORS) {
      for (String room : floor) {
        List<String> unknown = new ArrayList<>(above);
        floor.stream().filter(other -> !other.equals(room)).forEach(unknown::add);
        if (!unknown.isEmpty()) {
          noClasses()
              .that()
              .resideInAPackage(room)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(unknown.toArray(String[]::new))
              .check(CULVERT);
        }
      }
      above.addAll(floor);
    }
  }

  @Test
  void everyRoomOfTheProxyHasItsFloor() {
    Set<String> rooms =
        CULVERT.stream()
            .map(JavaClass::getPackageName)
            .filter(room -> room.startsWith("culvert.proxy"))
            .collect(Collectors.toSet());
    assertThat(FLOORS.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(rooms);
  }

  @Test
  void noFileHasMoreThan400Lines() throws IOException {
    Map<String, Integer> tooLong = new TreeMap<>();
    int files = 0;
    Path root = Path.of("..").toRealPath();
    for (String module : MODULES) {
      Path sources = root.resolve(module).resolve("src/main/java");
      for (Path file : javaFiles(sources)) {
        int lines = Files.readAllLines(file).size();
        files++;
        if (lines > 400) {
          tooLong.put(root.relativize(file).toString(), lines);
        }
      }
    }
    assertThat(files).as("files in all").isGreaterThan(300);
    assertThat(tooLong).as("lines of files that have more than 400").isEmpty();
  }

  @Test
  void everyPackageSaysWhereToStart() throws IOException {
    List<Path> silent = new ArrayList<>();
    for (String module : MODULES) {
      for (Path file : javaFiles(Path.of("..", module, "src/main/java"))) {
        Path description = file.resolveSibling("package-info.java");
        if (!Files.exists(description)
            || !Files.readString(description).contains("<p>Starting point")) {
          silent.add(file.getParent());
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  /** All of the build's, so that none is forgotten. */
  @Test
  void everyModuleIsLookedAt() throws IOException {
    assertThat(Files.readString(Path.of("../pom.xml")).lines().map(String::strip))
        .filteredOn(line -> line.startsWith("<module>"))
        .containsExactlyInAnyOrderElementsOf(
            MODULES.stream().map(name -> "<module>" + name + "</module>").toList());
  }

  private static List<Path> javaFiles(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  @Test
  void theDaemonContainsNoServerOfItsOwn() {
    noClasses()
        .that()
        .resideOutsideOfPackages("culvert.testing..", "culvert.demo..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.sshd.server..", "org.apache.ftpserver..", "culvert.testing..")
        .check(CULVERT);
  }
}
