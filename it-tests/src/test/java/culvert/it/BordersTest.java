package culvert.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The borders of DESIGN section 2, as far as Maven's scopes do not draw them. */
class BordersTest {
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
  void micrometerAndPicocliAreKnownToTheirPackagesOnly() {
    noClasses()
        .that()
        .resideInAPackage("culvert..")
        .and()
        .resideOutsideOfPackage("culvert.proxy.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micrometer..")
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
