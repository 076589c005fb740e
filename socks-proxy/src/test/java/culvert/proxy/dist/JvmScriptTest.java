package culvert.proxy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher tells the JVM. */
@EnabledOnOs(OS.LINUX)
class JvmScriptTest {
  private static final String SCRIPT =
      ". src/main/launcher/jvm.sh; find_java || { echo \"$problem\"; exit 1; }; echo \"$options\"";

  private static String options(Map<String, String> variables) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "-euc", SCRIPT).redirectErrorStream(true);
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CULVERT_JAVA_OPTS")
        .forEach(builder.environment()::remove);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(variables);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  @Test
  void theHeapIsSmallAndGivesMemoryBack() throws Exception {
    assertThat(
            options(
                Map.of("CULVERT_JAVA_OPTS", "-XX:+UseStringDeduplication -XX:MaxGCPauseMillis=5")))
        .contains(" -XX:+UseSerialGC ", " -Xmn", " -XX:-ShrinkHeapInSteps");
  }

  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CULVERT_JAVA_OPTS"})
  void whoeverNamesACollectorHasTheChoice(String variable) throws Exception {
    assertThat(options(Map.of(variable, "-Xmx1g -XX:+UseG1GC")))
        .doesNotContain("GC")
        .doesNotContain("-Xm");
  }
}
